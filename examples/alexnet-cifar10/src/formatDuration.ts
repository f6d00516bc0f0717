/** `0.4 s`, `12 s`, `2:05 min`, `1:02 h`. */
export function formatDuration(durationMs: number): string {
  const seconds = durationMs / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (Math.round(seconds) < 100) return `${Math.round(seconds)} s`;
  if (Math.round(seconds) < 3600) return `${pair(Math.round(seconds))} min`;
  return `${pair(Math.round(seconds / 60))} h`;
}

function pair(small: number): string {
  return `${Math.floor(small / 60)}:${String(small % 60).padStart(2, '0')}`;
}
