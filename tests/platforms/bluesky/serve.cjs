// Bluesky's own servers on two free ports: the directory of accounts, and one that keeps their
// posts in the folder that is named. Prints where that one is; ends when nobody is left who
// could tell it something.
'use strict'

require('./loopback.cjs')
require('./sqlite.cjs')

const { randomBytes } = require('node:crypto')
const { join } = require('node:path')
const { createServer } = require('node:net')
const plc = require('@did-plc/server')
const { PDS, envToCfg, envToSecrets, readEnv } = require('@atproto/pds')

async function freePort() {
  const server = createServer()
  await new Promise((ready) => server.listen(0, ready))
  const { port } = server.address()
  await new Promise((closed) => server.close(closed))
  return port
}

async function directory() {
  const port = await freePort()
  await plc.PlcServer.create({ db: plc.Database.mock(), port }).start()
  return `http://127.0.0.1:${port}`
}

function secret() {
  return randomBytes(32).toString('hex')
}

async function serve(folder) {
  const port = await freePort()
  Object.assign(process.env, {
    PDS_PORT: String(port),
    PDS_HOSTNAME: 'localhost',
    PDS_DATA_DIRECTORY: folder,
    PDS_BLOBSTORE_DISK_LOCATION: join(folder, 'blobs'),
    PDS_DID_PLC_URL: await directory(),
    PDS_SERVICE_HANDLE_DOMAINS: '.test',
    PDS_INVITE_REQUIRED: 'false',
    PDS_DEV_MODE: 'true',
    PDS_DISABLE_SSRF_PROTECTION: 'true',
    PDS_RATE_LIMITS_ENABLED: 'true',
    PDS_RATE_LIMIT_BYPASS_KEY: folder,
    PDS_BSKY_APP_VIEW_URL: 'https://appview.invalid',
    PDS_BSKY_APP_VIEW_DID: 'did:web:appview.invalid',
    PDS_JWT_SECRET: secret(),
    PDS_ADMIN_PASSWORD: secret(),
    PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: secret(),
  })
  const env = readEnv()
  const server = await PDS.create(envToCfg(env), envToSecrets(env))
  await server.start()
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}` }))
}

process.stdin.resume().on('end', () => process.exit(0))
serve(process.argv[2])
