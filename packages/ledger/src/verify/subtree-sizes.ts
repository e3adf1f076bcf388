/** The sizes of the largest perfect subtrees that lie side by side between two leaves: first growing, then shrinking. */
export function subtreeSizes(first: number, next: number): number[] {
  const sizes: number[] = []
  for (let at = first; at < next; ) {
    let size = 1
    while (at % (2 * size) === 0 && at + 2 * size <= next) size *= 2
    sizes.push(size)
    at += size
  }
  return sizes
}
