import type { Order } from '../dialects/dialect.ts'
import type { Answer } from './ask.ts'

/** Most characters of each word, and of the header: proxies allow a few thousand for all headers together. */
const mostCharacters = 60
const mostHeader = 1000

/**
 * The answer, with what the dialect left out of the order in `x-tintype-dropped`: words of the URL, percent-encoded since they may hold
 * anything, separated by `, `; `+3` at the end says that three more were left out. The same answer where nothing was.
 */
export function withDropped(answer: Answer, { dropped }: Pick<Order, 'dropped'>): Answer {
  if (dropped === undefined || dropped.length === 0) return answer
  let told = ''
  let count = 0
  for (const word of dropped) {
    const longer = `${told}${count === 0 ? '' : ', '}${encoded(word)}`
    if (longer.length > mostHeader) break
    told = longer
    count += 1
  }
  if (count < dropped.length) told += `, +${dropped.length - count}`
  return { ...answer, headers: { ...answer.headers, 'x-tintype-dropped': told } }
}

/** What can be seen stays, but for the marks of the header itself; half a character becomes a replacement character. */
function encoded(word: string): string {
  const characters = [...word]
  const cut = characters.slice(0, mostCharacters).join('').toWellFormed()
  return cut.replace(/[^\x21-\x7e]|[%,+"]/gu, encodeURIComponent) + (characters.length > mostCharacters ? '%E2%80%A6' : '')
}
