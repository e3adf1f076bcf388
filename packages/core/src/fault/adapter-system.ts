/** System calls of Node: which call, and the number of its failure. Never path, address, port, host name or command line. */
import { own } from '../scrub/read.ts'
import type { Adapter } from './adapter.ts'
import { isCode } from './code.ts'
import { intIn, textIn, wordIn } from './fields.ts'

export const systemAdapter: Adapter = {
  library: 'node',
  describe(error) {
    const call = own(error, 'syscall')
    if (typeof call !== 'string' || !isCode(own(error, 'code'))) return undefined
    return {
      details: {
        // `spawn ls -la /home/ann`: the first word only.
        syscall: /^spawn(?: |$)/.test(call) ? 'spawn' : textIn(error, 'syscall', /^[a-z][A-Za-z_0-9]{1,31}$/),
        errno: intIn(error, 'errno', -99_999, 99_999),
      },
    }
  },
}

/** zlib and OpenSSL: numbers and names of their own lists. */
export const opensslAdapter: Adapter = {
  library: 'openssl, zlib',
  describe(error) {
    const code = own(error, 'code')
    if (typeof code !== 'string' || !/^(?:ERR_OSSL_|ERR_SSL_|Z_|ERR_CRYPTO_)/.test(code) || !isCode(code))
      return undefined
    return {
      details: {
        errno: intIn(error, 'errno', -99, 99),
        library: wordIn(error, 'library', libraries),
      },
    }
  },
}

const libraries: ReadonlySet<string> = new Set([
  'digital envelope routines',
  'Provider routines',
  'DECODER routines',
  'ENCODER routines',
  'PEM routines',
  'rsa routines',
  'dsa routines',
  'SSL routines',
  'BIO routines',
  'STORE routines',
  'PKCS12 routines',
  'CMS routines',
  'UI routines',
  'asn1 encoding routines',
  'elliptic curve routines',
  'bignum routines',
  'x509 certificate routines',
  'X509 V3 routines',
  'common libcrypto routines',
  'Diffie-Hellman routines',
  'configuration file routines',
  'random number generator',
  'system library',
])
