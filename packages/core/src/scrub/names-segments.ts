/**
 * Words written without anything between them: `userpassword`, `dbpwd`, `customeremailaddress`.
 *
 * The fewest known words that make up the whole are taken. A rest that is no known word means that it is another word
 * altogether: `secretary`, `monkey`, `shipping`.
 */

const charsMin = 5
const charsMax = 28
const pieceCharsMin = 2
const pieceCharsMax = 18

/** The words that `word` consists of, by `known`; undefined when there are none. At most 28 × 18 look-ups. */
export function segmentsOf(word: string, known: (piece: string) => boolean): string[] | undefined {
  const chars = word.length
  if (chars < charsMin || chars > charsMax) return undefined
  // fewest[i]: how few words make up the first i characters; from[i]: where the last of them begins.
  const fewest: number[] = [0]
  const from: number[] = [0]
  for (let end = 1; end <= chars; end++) {
    let best = Number.POSITIVE_INFINITY
    for (let begin = Math.max(0, end - pieceCharsMax); begin <= end - pieceCharsMin; begin++) {
      const count = (fewest[begin] ?? Number.POSITIVE_INFINITY) + 1
      if (count >= best || !known(word.slice(begin, end))) continue
      best = count
      from[end] = begin
    }
    fewest[end] = best
  }
  if (fewest[chars] === Number.POSITIVE_INFINITY) return undefined
  const segments: string[] = []
  for (let end = chars; end > 0; end = from[end] ?? 0) segments.unshift(word.slice(from[end], end))
  return segments
}
