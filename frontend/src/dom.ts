/** Finds an element that index.html promises to have. */
export function find(root: ParentNode, selector: string): HTMLElement {
  const element = root.querySelector<HTMLElement>(selector)
  if (!element) throw new Error(`index.html has no ${selector}`)
  return element
}

/** Makes a copy of what a template of index.html holds. */
export function fromTemplate(root: ParentNode, selector: string): HTMLElement {
  const template = find(root, selector) as HTMLTemplateElement
  return template.content.firstElementChild?.cloneNode(true) as HTMLElement
}

/** Sets an attribute, or removes it when there is no value. */
export function setAttribute(element: Element, name: string, value: string | undefined) {
  if (value === undefined) element.removeAttribute(name)
  else element.setAttribute(name, value)
}

/** Sets a text, and leaves it alone when nothing changes: a screen reader would read it again. */
export function setText(element: HTMLElement, text: string) {
  if (element.textContent !== text) element.textContent = text
}

/** Moves an element, unless the visitor asked for less motion. */
export function animate(
  element: Element,
  keyframes: Keyframe[],
  options: KeyframeAnimationOptions,
): Animation | undefined {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
  return element.animate(keyframes, options)
}
