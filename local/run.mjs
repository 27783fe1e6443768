// Runs `main` of a TypeScript file of this folder. Plain and old JavaScript: an old Node gets as far as the message.
const [major, minor] = process.versions.node.split('.').map(Number)

if (major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19)) {
  import('tsx/esm/api').then(async ({ register }) => {
    const unregister = register()
    const { main } = await import(new URL(process.argv[2], import.meta.url))
    await unregister() // or Vite, which is large, would pass through tsx and take seconds
    await main()
  })
} else {
  console.error(`Node 20.19, 22.12 or later is needed, and this is ${process.version}: https://nodejs.org`)
  process.exitCode = 1
}
