/** SHA-256 of a teacher's two files, 64 lower-case hex digits each. */
export interface TeacherDigests {
  /** Of `model.json`. */
  readonly model: string;
  /** Of `weights.bin`. */
  readonly weights: string;
}

/** Digests of the teacher that this package carries. */
export const teacherDigests: TeacherDigests = {
  model: 'de37521450ce3d7764a404e93259560777b51445df04ac45d529528696d203a6',
  weights: 'd2232a14f22f30048b63af04bd771408b13a21bc48d1afb928ce04a085f30a3f',
};
