import { SaxesParser } from 'saxes'

/** An element of an XML document that holds data alone: its texts, and the elements in it, by name. Namespaces do not count. */
export type Element = { readonly text: string; readonly children: readonly (readonly [name: string, element: Element])[] }

type Open = { text: string; readonly children: [string, Open][] }

/** What ends the reading of a document that is none. */
class Broken extends Error {}

/** The document's root, with its name. `undefined` for what is no well-formed XML, and for one with a DOCTYPE: S3 sends none. */
export function readXml(text: string): { readonly name: string; readonly root: Element } | undefined {
  const top: Open = { text: '', children: [] }
  const path = [top]
  const parser = new SaxesParser()
  // The parser would go on and make an error of every fault, and a document can have nothing but faults: 1 MB of them takes seconds.
  const stop = (): never => {
    throw new Broken()
  }
  parser.on('error', stop)
  parser.on('doctype', stop)
  parser.on('opentag', ({ name }) => {
    const element: Open = { text: '', children: [] }
    path.at(-1)?.children.push([name.replace(/^.*:/, ''), element])
    path.push(element)
  })
  parser.on('closetag', () => {
    path.pop()
  })
  const add = (piece: string): void => {
    const element = path.at(-1)
    if (element !== undefined) element.text += piece
  }
  parser.on('text', add)
  parser.on('cdata', add)
  try {
    parser.write(text).close()
  } catch (thrown) {
    if (thrown instanceof Broken) return undefined
    throw thrown
  }
  const [first] = top.children
  return first === undefined ? undefined : { name: first[0], root: first[1] }
}

/** The elements of that name directly in this one. */
export function all(element: Element, name: string): readonly Element[] {
  return element.children.filter(([each]) => each === name).map(([, child]) => child)
}

/** The text of the first element of that name in this one. */
export function textOf(element: Element, name: string): string | undefined {
  return all(element, name)[0]?.text
}
