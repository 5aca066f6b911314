/** Height of a picture of solids as a share of its width: more on a narrow screen. */
export function solidAspect(): number {
  return innerWidth < 640 ? 0.8 : 0.56;
}
