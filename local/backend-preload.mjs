// Ends the backend when `npm start` is gone. Even `kill -9` closes the channel between the two.
process.on('disconnect', () => process.exit(1))
if (!process.connected) process.exit(1)

// A syntax error is two lines: without the stack, which is tsx's own.
process.on('uncaughtExceptionMonitor', (error) => {
  if (error.name !== 'TransformError') return
  console.error(error.message)
  process.exit(1)
})
