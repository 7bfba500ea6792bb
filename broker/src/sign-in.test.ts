import { describe, expect, test } from 'vitest'
import { sessionName, signIn } from './sign-in.ts'
import { directory } from './test-directory.ts'

describe('a session name is', () => {
  test.each([
    ['the user name of a device that calls itself so', 'orestiada/lamp-1', 'orestiada/lamp-1', 'orestiada/lamp-1'],
    ['the user name of a device that gives its id alone', 'orestiada/lamp-1', 'lamp-1', 'orestiada/lamp-1'],
    ['apart for a device that calls itself another', 'orestiada/lamp-1', 'lamp-2', 'orestiada/lamp-1:lamp-2'],
    ['apart for an operator who borrows a device’s', 'token', 'orestiada/lamp-1', 'token:orestiada/lamp-1'],
    ['apart for a nameless client that borrows a device’s', undefined, 'orestiada/lamp-1', ':orestiada/lamp-1'],
    ['apart for a user name that is no device’s', 'a/b/c', 'c', 'a/b/c:c'],
    ['nothing for a client without an id', 'orestiada/lamp-1', '', ''],
  ])('%s', (_name, username, clientId, expected) => {
    expect(sessionName(username, clientId)).toBe(expected)
  })
})

describe('sign-in', () => {
  const device = { kind: 'device', municipality: 'orestiada', device: 'lamp-1' }
  const right = 'secret of orestiada/lamp-1'
  test.each([
    ['a device by its user name', 'closed', 'orestiada/lamp-1', right, 'orestiada/lamp-1', '10.0.0.7', device],
    ['an operator under any id', 'closed', 'token', 'operator-token', 'token:x', '10.0.0.7', 'operator'],
    ['a wrong password', 'closed', 'orestiada/lamp-1', 'guess', 'orestiada/lamp-1', '127.0.0.1', 4],
    ['a wrong password, though open', 'open', 'orestiada/lamp-1', 'guess', 'orestiada/lamp-1', '127.0.0.1', 4],
    ['another device’s client id', 'closed', 'orestiada/lamp-1', right, 'orestiada/lamp-1:lamp-2', '10.0.0.7', 2],
    ['a device with a made-up id', 'closed', 'orestiada/lamp-1', right, 'aedes_123', '10.0.0.7', 2],
    ['nobody, closed', 'closed', undefined, '', ':x', '127.0.0.1', 5],
    ['nobody from this machine, open', 'open', undefined, '', ':x', '127.0.0.1', 'open'],
    ['nobody from this machine over IPv6, open', 'open', undefined, '', ':x', '::1', 'open'],
    ['nobody from this machine over mapped IPv4, open', 'open', undefined, '', ':x', '::ffff:127.0.0.1', 'open'],
    ['nobody from elsewhere, open', 'open', undefined, '', ':x', '10.127.0.1', 5],
    ['nobody from nowhere, open', 'open', undefined, '', ':x', '', 5],
  ] as const)('%s', (_name, mode, username, password, session, remoteAddress, expected) => {
    const answer = signIn({ username, password, session, remoteAddress }, mode, directory)
    if (typeof expected === 'number') expect(answer).toMatchObject({ ok: false, returnCode: expected })
    else if (typeof expected === 'string') expect(answer).toMatchObject({ ok: true, identity: { kind: expected } })
    else expect(answer).toEqual({ ok: true, identity: expected })
  })
})
