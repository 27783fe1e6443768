// Runs a TypeScript file of this folder. Plain and old JavaScript, so that an old Node gets as far as the message.
const [major, minor] = process.versions.node.split('.').map(Number)

if (major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19)) {
  import('tsx').then(() => import(new URL(process.argv[2], import.meta.url)))
} else {
  console.error(`Node 20.19, 22.12 or later is needed, and this is ${process.version}: https://nodejs.org`)
  process.exitCode = 1
}
