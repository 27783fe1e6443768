// Ends the backend when `npm start` is gone. Even `kill -9` closes the channel between the two.
process.on('disconnect', () => process.exit(1))
if (!process.connected) process.exit(1)
