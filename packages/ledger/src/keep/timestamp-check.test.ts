import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { growingLog } from './growing-log.fixture.ts'
import { checkTimestamp } from './timestamp-check.ts'
import { der, derOid, derTags } from './timestamp-der.ts'
import {
  attributeNames,
  authorityExtensions,
  type CertificateOptions,
  essV1,
  essV2,
  extension,
  type Identity,
  keys,
  makeCertificate,
  makeResponse,
  makeToken,
  pem,
  purposeExtension,
  signerExtensions,
  type TokenOptions,
} from './timestamp-maker.fixture.ts'

const { note } = growingLog().at(7)
const root = makeCertificate({ name: 'Root', extensions: authorityExtensions() })
const signer = makeCertificate({ name: 'Signer', issuer: root, extensions: signerExtensions })
const certificates = [pem(root)]

function signerWith(rest: Partial<CertificateOptions>): Identity {
  return makeCertificate({ name: 'Signer', issuer: root, extensions: signerExtensions, ...rest })
}

/** What becomes of a token that is right but for this. */
function check(rest: Partial<TokenOptions> = {}, trusted: readonly string[] = certificates) {
  const checked = checkTimestamp(note, makeToken({ note, signer, issuer: 'Root', ...rest }), { certificates: trusted })
  return checked.ok ? checked.time : checked.code
}

const time = '2026-01-15T10:00:00.250Z'

describe('a timestamp', () => {
  it('is believed with its time, accuracy, authority, policy and serial', () => {
    const token = makeToken({ note, signer, issuer: 'Root' })
    const expected = { ok: true, time, accuracyMs: 1501, authority: 'CN=Signer', policy: '1.2.3.4.1', serial: '1122' }
    expect(checkTimestamp(note, token, { certificates })).toEqual(expected)
    expect(checkTimestamp(note, makeResponse(token), { certificates })).toEqual(expected)
    expect(checkTimestamp(Buffer.from(note), makeResponse(token, 1), { certificates })).toEqual(expected)
  })

  it('is believed when signed by RSA, RSA-PSS, ECDSA or Ed25519 with any digest of SHA-2', () => {
    const rsa = signerWith({ pair: keys.rsa() })
    const edwards = signerWith({ pair: keys.ed25519() })
    for (const digest of ['sha256', 'sha384', 'sha512'] as const) {
      expect(check({ signer: rsa, digest })).toBe(time)
      expect(check({ signer, digest })).toBe(time)
      expect(check({ signer: edwards, digest })).toBe(time)
    }
    expect(check({ signer: rsa, pss: true })).toBe(time)
    const edwardsRoot = makeCertificate({ name: 'E', pair: keys.ed25519(), extensions: authorityExtensions() })
    expect(check({ signer: signerWith({ issuer: edwardsRoot }), issuer: 'E' }, [pem(edwardsRoot)])).toBe(time)
  })

  it('of other bytes is refused', () => {
    const token = makeToken({ note, signer, issuer: 'Root' })
    for (const other of [growingLog().at(8).note, `${note}\n`, note.slice(0, -1), '']) {
      expect(checkTimestamp(other, token, { certificates })).toMatchObject({ code: 'LEDGER_TIMESTAMP_OTHER' })
    }
    expect(check({ imprintAlgorithm: '2.16.840.1.101.3.4.2.2' })).toBe('LEDGER_TIMESTAMP_OTHER')
  })

  it('without one of its signed attributes, or with another, is refused', () => {
    const { contentType, messageDigest, signingCertificate, signingCertificateV2 } = attributeNames
    const refused = (attributes: NonNullable<TokenOptions['attributes']>) =>
      expect(check({ attributes }), JSON.stringify(attributes)).toBe('LEDGER_TIMESTAMP_SIGNATURE')
    refused({ [contentType]: undefined })
    refused({ [contentType]: derOid('1.2.840.113549.1.7.1') })
    refused({ [messageDigest]: undefined })
    refused({ [messageDigest]: der(derTags.octets, hash('sha256', 'other', 'buffer')) })
    refused({ [signingCertificateV2]: undefined })
    refused({ [signingCertificateV2]: essV2(root.certificate) })
    refused({ [signingCertificateV2]: undefined, [signingCertificate]: essV1(root.certificate) })
    refused({ [signingCertificate]: essV1(root.certificate) })
    expect(
      check({ attributes: { [signingCertificateV2]: undefined, [signingCertificate]: essV1(signer.certificate) } }),
    ).toBe(time)
  })

  it('by a weak digest or a weak key is refused', () => {
    const rsa = signerWith({ pair: keys.rsa() })
    expect(check({ signer: rsa, digest: 'sha1' })).toBe('LEDGER_TIMESTAMP_SIGNATURE')
    expect(check({ digest: 'sha1' })).toBe('LEDGER_TIMESTAMP_SIGNATURE')
    expect(check({ signer: signerWith({ pair: keys.weak() }) })).toBe('LEDGER_TIMESTAMP_SIGNATURE')
  })

  it('by somebody else who calls himself the signer is refused', () => {
    const thief = { ...signer, key: keys.ec().privateKey }
    expect(check({ signer: thief })).toBe('LEDGER_TIMESTAMP_SIGNATURE')
  })

  it('of two signers, of another content type or with an unknown critical extension is refused', () => {
    expect(check({ signers: 2 })).toBe('LEDGER_TIMESTAMP_MALFORMED')
    expect(check({ signers: 0 })).toBe('LEDGER_TIMESTAMP_MALFORMED')
    expect(check({ contentType: '1.2.840.113549.1.7.1' })).toBe('LEDGER_TIMESTAMP_MALFORMED')
    expect(check({ infoExtensions: extension('1.2.3.4', true, der(derTags.null)) })).toBe('LEDGER_TIMESTAMP_MALFORMED')
    expect(check({ infoExtensions: extension('1.2.3.4', false, der(derTags.null)) })).toBe(time)
  })

  it('with a time that does not exist is refused', () => {
    for (const wrong of [
      '20260230100000Z',
      '20260115240000Z',
      '20260115100000',
      '2026011510Z',
      '20260115100000+0100',
    ]) {
      expect(check({ time: wrong })).toBe('LEDGER_TIMESTAMP_MALFORMED')
    }
  })

  it('that was declined is no timestamp', () => {
    const answer = makeResponse(undefined, 2, 'not today\u001b[2J')
    expect(checkTimestamp(note, answer, { certificates })).toMatchObject({
      ok: false,
      code: 'LEDGER_TIMESTAMP_MALFORMED',
    })
    const token = makeToken({ note, signer, issuer: 'Root' })
    expect(checkTimestamp(note, makeResponse(token, 2), { certificates }).ok).toBe(false)
  })
})

describe('the chain below a timestamp', () => {
  const untrusted = 'LEDGER_TIMESTAMP_UNTRUSTED'

  it('ends at the root, at an authority below it or at the signer itself, whichever is given', () => {
    const middle = makeCertificate({ name: 'Middle', issuer: root, extensions: authorityExtensions(0) })
    const below = signerWith({ issuer: middle })
    const token = { signer: below, issuer: 'Middle', certificates: [below.certificate, middle.certificate] }
    expect(check(token, [pem(root)])).toBe(time)
    expect(check(token, [pem(middle)])).toBe(time)
    expect(check(token, [pem(below)])).toBe(time)
    expect(check({ ...token, certificates: [below.certificate] }, [pem(root)])).toBe(untrusted)
    expect(check({ ...token, certificates: [] }, [pem(root, middle, below)])).toBe(time)
    expect(check({ ...token, certificates: [] }, [pem(root)])).toBe(untrusted)
  })

  it('ends nowhere without certificates, and never at what came with the timestamp', () => {
    const own = makeCertificate({ name: 'Root', extensions: authorityExtensions() })
    const false_ = signerWith({ issuer: own })
    expect(check({}, [])).toBe(untrusted)
    expect(check({ signer: false_, certificates: [false_.certificate, own.certificate] })).toBe(untrusted)
    expect(check({}, [pem(own)])).toBe(untrusted)
  })

  it('holds only at times at which everybody in it was valid', () => {
    const short = { notBefore: '20260115100000Z', notAfter: '20260115100001Z' }
    const brief = signerWith(short)
    expect(check({ signer: brief, time: '20260115100000Z' })).toBe('2026-01-15T10:00:00.000Z')
    expect(check({ signer: brief, time: '20260115100001Z' })).toBe('2026-01-15T10:00:01.000Z')
    expect(check({ signer: brief, time: '20260115095959.999Z' })).toBe(untrusted)
    expect(check({ signer: brief, time: '20260115100001.001Z' })).toBe(untrusted)
    const old = makeCertificate({ name: 'Root', notAfter: '20250101000000Z', extensions: authorityExtensions() })
    expect(check({ signer: signerWith({ issuer: old }) }, [pem(old)])).toBe(untrusted)
  })

  it('holds only for a signer of timestamps and of nothing else', () => {
    const critical = '1.3.6.1.5.5.7.3.8'
    const wrong: readonly (readonly Buffer[])[] = [
      [],
      [purposeExtension(false, critical)],
      [purposeExtension(true, '1.3.6.1.5.5.7.3.1')],
      [purposeExtension(true, critical, '1.3.6.1.5.5.7.3.1')],
      [purposeExtension(true, '2.5.29.37.0')],
      [purposeExtension(true, critical), extension('2.5.29.15', true, der(derTags.bits, Buffer.of(5, 0x20)))],
      [purposeExtension(true, critical), ...authorityExtensions()],
      [purposeExtension(true, critical), extension('1.2.3.4', true, der(derTags.null))],
    ]
    for (const extensions of wrong) expect(check({ signer: signerWith({ extensions }) })).toBe(untrusted)
    expect(check({ signer: signerWith({ extensions: [purposeExtension(true, critical)] }) })).toBe(time)
  })

  it('has only authorities above the signer, no more of them than allowed, and for this purpose', () => {
    const chain = (middle: readonly Buffer[], above = root) => {
      const authority = makeCertificate({ name: 'Middle', issuer: above, extensions: middle })
      const below = signerWith({ issuer: authority })
      const came = [below.certificate, authority.certificate]
      return check({ signer: below, issuer: 'Middle', certificates: came }, [pem(above)])
    }
    expect(chain(authorityExtensions())).toBe(time)
    expect(chain([])).toBe(untrusted)
    expect(chain(signerExtensions)).toBe(untrusted)
    expect(chain([...authorityExtensions(), purposeExtension(false, '1.3.6.1.5.5.7.3.1')])).toBe(untrusted)
    expect(chain([...authorityExtensions(), purposeExtension(false, '1.3.6.1.5.5.7.3.8')])).toBe(time)
    expect(chain([...authorityExtensions(), extension('2.5.29.30', true, der(derTags.sequence))])).toBe(untrusted)
    expect(chain(authorityExtensions(), makeCertificate({ name: 'R', extensions: authorityExtensions(0) }))).toBe(
      untrusted,
    )
    expect(
      chain(
        authorityExtensions(),
        makeCertificate({ name: 'R', pair: keys.weak(), extensions: authorityExtensions() }),
      ),
    ).toBe(untrusted)
  })

  it('is searched within bounds when certificates come that all issue one another', () => {
    const pair = keys.ec()
    const loop = Array.from({ length: 60 }, () =>
      makeCertificate({ name: 'Loop', pair, extensions: authorityExtensions() }),
    )
    const [issuer] = loop
    const below = makeCertificate({ name: 'Signer', ...(issuer && { issuer }), extensions: signerExtensions })
    const came = [below.certificate, ...loop.map((one) => one.certificate)]
    expect(check({ signer: below, issuer: 'Loop', certificates: came })).toBe(untrusted)
  })

  it('refuses certificates that cannot be read, by the name of the option', () => {
    const token = makeToken({ note, signer, issuer: 'Root' })
    const cut = pem(root).replace(/^.{64}$/m, '')
    for (const wrong of ['', 'no certificate', cut]) {
      expect(() => checkTimestamp(note, token, { certificates: [wrong] })).toThrow(
        expect.objectContaining({ code: 'LEDGER_OPTION_INVALID', message: expect.stringContaining('certificates:') }),
      )
    }
  })
})

describe('bytes that are no timestamp', () => {
  it('are refused with a code, whatever they are', () => {
    const check = (bytes: Uint8Array) => {
      const checked = checkTimestamp(note, bytes, { certificates })
      expect(checked.ok ? 'believed' : checked.code).toMatch(/^LEDGER_TIMESTAMP_/)
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check))
    const piece: fc.Arbitrary<Buffer> = fc.letrec<{ der: Buffer }>((tie) => ({
      der: fc.oneof(
        { maxDepth: 6 },
        fc
          .tuple(fc.constantFrom(1, 2, 3, 4, 5, 6, 0x18, 0x80), fc.uint8Array({ maxLength: 8 }))
          .map(([tag, content]) => der(tag, content)),
        fc.constantFrom(derOid('1.2.840.113549.1.7.2'), derOid('1.2.840.113549.1.9.16.1.4'), der(2, Buffer.of(0))),
        fc
          .tuple(fc.constantFrom(0x30, 0x31, 0xa0, 0xa1), fc.array(tie('der'), { maxLength: 6 }))
          .map(([tag, all]) => der(tag, ...all)),
      ),
    })).der
    fc.assert(fc.property(piece, check), { numRuns: 300 })
    check(Buffer.alloc(70_000, 0x30))
  })

  it('cut off anywhere, or longer, are refused', () => {
    const token = makeResponse(makeToken({ note, signer, issuer: 'Root' }))
    for (let length = 0; length < token.length; length++) {
      expect(checkTimestamp(note, token.subarray(0, length), { certificates }).ok).toBe(false)
    }
    expect(checkTimestamp(note, Buffer.concat([token, Buffer.of(0)]), { certificates }).ok).toBe(false)
  })

  it('with any one byte altered are refused, or say exactly the same', () => {
    const token = makeToken({ note, signer, issuer: 'Root' })
    const right = checkTimestamp(note, token, { certificates })
    let same = 0
    for (let at = 0; at < token.length; at++) {
      const altered = Buffer.from(token)
      altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8))
      const checked = checkTimestamp(note, altered, { certificates })
      if (!checked.ok) continue
      expect(checked).toEqual(right)
      same += 1
    }
    // Version numbers and the list of digests beside what is signed: nobody reads them.
    expect(same).toBeLessThan(40)
  })
})
