/** Finds an element that index.html promises to have. */
export function find(root: ParentNode, selector: string): HTMLElement {
  const element = root.querySelector<HTMLElement>(selector)
  if (!element) throw new Error(`index.html has no ${selector}`)
  return element
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

/** Does something at a press of a button, but not a second time while it is being done. */
export function onPress(button: HTMLElement, action: () => Promise<void>) {
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-disabled') === 'true') return
    // Unlike `disabled`, this keeps the keyboard focus on the button.
    button.setAttribute('aria-disabled', 'true')
    await action()
    button.setAttribute('aria-disabled', 'false')
  })
}
