// libsql comes compiled, which saves a minute; unlike better-sqlite3, whose place it takes, it
// returns some blobs as an ArrayBuffer.
'use strict'

const Database = require('better-sqlite3')

const { prototype } = new Database(':memory:').prepare('SELECT 1').constructor
const { all, iterate } = prototype

function withBytes(row) {
  for (const [name, value] of Object.entries(row)) {
    if (value instanceof ArrayBuffer) row[name] = Buffer.from(value)
  }
  return row
}

prototype.all = function (...given) {
  return all.apply(this, given).map(withBytes)
}

prototype.iterate = function* (...given) {
  for (const row of iterate.apply(this, given)) yield withBytes(row)
}
