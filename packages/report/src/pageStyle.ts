/** Style of the page; prints as it shows. */
export const pageStyle = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1040px; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
.wide { overflow-x: auto } .grid { display: flex; flex-wrap: wrap; gap: 1rem }
table { border-collapse: collapse; font-size: 13px } th, td { padding: .2rem .6rem; border-bottom: 1px solid #ddd; text-align: left; white-space: nowrap }
td.number { text-align: right; font-variant-numeric: tabular-nums }
.key i { display: inline-block; width: .8em; height: .8em; border-radius: 50%; margin: 0 .3em 0 1em }
figure { margin: 0 } figure h2 { font-size: .85rem; margin: 0 } svg { max-width: 100% }
p { overflow-wrap: anywhere }
`;
