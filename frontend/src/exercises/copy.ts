/** Copies the text of an element, and says what happened. */
export async function copy(element: HTMLElement): Promise<string> {
  try {
    await navigator.clipboard.writeText(element.textContent)
    return 'Copied.'
  } catch {
    // Browsers allow it only on localhost and over HTTPS.
    getSelection()?.selectAllChildren(element)
    return 'Selected: copy it with your keyboard.'
  }
}
