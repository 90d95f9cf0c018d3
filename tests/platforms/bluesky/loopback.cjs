// What listens without naming an address is reached from this machine alone.
'use strict'

const { Server } = require('node:net')

const listen = Server.prototype.listen

Server.prototype.listen = function (...given) {
  const [first, second] = given
  if (typeof first === 'number' && typeof second !== 'string') {
    given.splice(1, 0, '127.0.0.1')
  } else if (typeof first === 'object' && first !== null && first.port !== undefined) {
    given[0] = { host: '127.0.0.1', ...first }
  }
  return listen.apply(this, given)
}
