/** What Node's own modules say: system calls, HTTP, streams, crypto, zlib, assertions, fetch; and its warnings. */

export const nodeTemplates = `
  connect ECONNREFUSED *
  connect ECONNRESET *
  connect ETIMEDOUT *
  connect EHOSTUNREACH *
  connect ENETUNREACH *
  connect EADDRNOTAVAIL *
  connect EACCES *
  connect ENOENT *
  connect EINVAL *
  read ECONNRESET
  read ETIMEDOUT
  read EIO
  write EPIPE
  write ECONNRESET
  write ECONNABORTED
  write EPROTO *
  shutdown ENOTCONN
  listen EADDRINUSE: address already in use *
  listen EACCES: permission denied *
  listen EADDRNOTAVAIL: address not available *
  bind EADDRINUSE *
  bind EACCES *
  bind EINVAL *
  bind EADDRNOTAVAIL *
  send EMSGSIZE *
  send *
  spawn * ENOENT
  spawnSync * ENOENT
  spawnSync * EACCES
  spawnSync * E2BIG
  spawnSync * ETIMEDOUT
  spawnSync * ENOBUFS
  spawn * EACCES
  spawn * E2BIG
  spawn ENOENT
  spawn E2BIG
  spawn EACCES
  kill ESRCH
  kill EPERM
  uv_* returned *
  getaddrinfo ENOTFOUND *
  getaddrinfo EAI_AGAIN *
  getaddrinfo EAI_FAIL *
  getaddrinfo *
  getnameinfo *
  queryA ENOTFOUND *
  queryA ECONNREFUSED *
  queryA ETIMEOUT *
  queryA ESERVFAIL *
  queryA ENODATA *
  queryA EBADNAME *
  query* ENOTFOUND *
  query* ENODATA *
  query* ESERVFAIL *
  query* ECONNREFUSED *
  query* ETIMEOUT *
  query* EBADNAME *
  query* EREFUSED *
  getHostByAddr *
  ENOENT: no such file or directory, *
  EACCES: permission denied, *
  EPERM: operation not permitted, *
  EEXIST: file already exists, *
  EISDIR: illegal operation on a directory, read
  EISDIR: illegal operation on a directory, *
  ENOTDIR: not a directory, *
  ENOTEMPTY: directory not empty, *
  EMFILE: too many open files, *
  EMFILE: too many open files*
  ENFILE: file table overflow, *
  ENOSPC: no space left on device, *
  ENOSPC: System limit for number of file watchers reached, *
  EROFS: read-only file system, *
  EBADF: bad file descriptor, *
  EINVAL: invalid argument, *
  ELOOP: too many symbolic links encountered, *
  ENAMETOOLONG: name too long, *
  EBUSY: resource busy or locked, *
  EXDEV: cross-device link not permitted, *
  EIO: i/o error, *
  EPIPE: broken pipe, *
  EAGAIN: resource temporarily unavailable, *
  ENXIO: no such device or address, *
  ETXTBSY: text file is busy, *
  EFBIG: file too large, *
  EDQUOT: disk quota exceeded, *
  ESTALE: *
  Cannot find module *
  Cannot find package * imported from *
  Directory import * is not supported resolving ES modules *
  Package subpath * is not defined by "exports" in *
  Unknown file extension * for *
  Only URLs with a scheme in: * are supported by the default ESM loader. *
  No such built-in module: *
  The "*" argument must be *
  The "*" property must be *
  The property * must be *
  The property * is invalid. *
  The argument * must be *
  The argument * is invalid. *
  The value of "*" is out of range. *
  The first argument must be *
  The * method is not implemented
  The URL must be of scheme file
  The input URL is invalid*
  The operation was aborted due to timeout
  The operation was aborted
  The operation timed out
  The user aborted a request.
  This operation was aborted
  The feature * is unavailable on the current platform, which is being used to run Node.js
  The header content contains invalid characters
  Invalid URL: *
  Invalid URL
  Invalid host defined options
  Invalid character in header content *
  Invalid character in statusMessage
  Invalid value * for header *
  Invalid status code: *
  Invalid HTTP token *
  Header name must be a valid HTTP token *
  Method must be a valid HTTP token *
  Request path contains unescaped characters
  Protocol * not supported. Expected *
  Unable to determine the domain name
  Unable to deserialize cloned data*
  Cannot set headers after they are sent to the client
  Cannot write headers after they are sent to the client
  Cannot append headers after they are sent to the client
  Cannot remove headers after they are sent to the client
  Cannot render headers after they are sent to the client
  Cannot pipe, not readable
  Cannot pipe to a closed or destroyed stream
  Cannot call write after a stream was destroyed
  Cannot call * after a stream was destroyed
  Cannot call end after a stream was finished
  Cannot call * after a stream was finished
  Response body's content-length of # byte(s) does not match the content-length of # bytes set in header
  Response body's content-length of * does not match the content-length of *
  Parse Error: Expected HTTP/, RTSP/ or ICE/
  Parse Error: Expected HTTP/*
  Parse Error: Header overflow
  Parse Error: Invalid header value char
  Parse Error: Invalid header token
  Parse Error: Invalid character in Content-Length
  Parse Error: Invalid method encountered
  Parse Error: Invalid chunk size
  Parse Error: Invalid character in chunk size
  Parse Error: Missing expected LF after header value
  Parse Error: Data after \`Connection: close\`
  Parse Error: *
  Parse Error
  Client network socket disconnected before secure TLS connection was established
  Connection attempt failed*
  Client request timeout
  Request timeout
  socket hang up
  Socket is closed
  Socket is already connected
  Socket closed before the connection was established
  Socket connection timeout
  other side closed
  aborted
  premature close
  Premature close
  write after end
  stream.push() after EOF
  stream.unshift() after end event
  May not write null values to stream
  Server is not running.
  Listen method has been called more than once without closing.
  Connection reset by peer
  certificate has expired
  certificate is not yet valid
  certificate signature failure
  self-signed certificate in certificate chain
  self-signed certificate
  self signed certificate in certificate chain
  self signed certificate
  unable to verify the first certificate
  unable to get local issuer certificate
  unable to get issuer certificate
  Hostname/IP does not match certificate's altnames: *
  Unsupported state or unable to authenticate data
  Unsupported state
  Invalid initialization vector
  Invalid key length
  Invalid authentication tag length: #
  Invalid authentication tag length: *
  Invalid digest: *
  Invalid IV length *
  Invalid scrypt params: *
  Invalid scrypt params*
  Invalid PEM formatted message
  Invalid key object type *
  Invalid keyObject*
  Unknown cipher*
  Digest method not supported
  Input buffers must have the same byte length
  Failed to parse private key
  Failed to parse public key
  error:*:wrong final block length
  error:*:bad decrypt
  error:*:DECODER routines::unsupported
  error:*:unsupported
  error:*:no start line
  error:*:wrong version number
  error:*:bad end line
  error:*:bad base64 decode
  error:*:oaep decoding error
  error:*:data too large for key size
  error:*:data greater than mod len
  error:*:invalid digest
  error:*:wrong signature type
  error:*:*:*:*
  error:*:*::*
  The operation failed for an operation-specific reason
  Cipher job failed
  incorrect header check
  invalid stored block lengths
  invalid distance too far back
  invalid block type
  invalid code lengths set
  invalid literal/lengths set
  invalid bit length repeat
  invalid distances set
  invalid window size
  unknown compression method
  unexpected end of file
  incorrect data check
  incorrect length check
  header crc mismatch
  unknown header flags set
  Decompression failed
  Initialization failed
  buffer error
  zlib binding closed
  Cannot create a Buffer larger than *
  Cannot create a string longer than *
  Attempt to access memory outside buffer bounds
  Buffer size must be a multiple of 16-bits
  The encoded data was not valid for encoding *
  The * encoding is not supported
  Unknown encoding: *
  Unknown signal: *
  Unknown event name*
  Unhandled error. (*)
  Command failed with exit code #: *
  Command failed: *
  stdout maxBuffer length exceeded
  stderr maxBuffer length exceeded
  Callback was already called
  Callback must be a function. Received *
  Callback called multiple times
  Promise was rejected with falsy value
  Missing expected rejection*
  Missing expected exception*
  Got unwanted exception*
  Got unwanted rejection*
  Expected values to be strictly equal:*
  Expected values to be strictly deep-equal:*
  Expected values to be loosely deep-equal:*
  Expected values not to be strictly equal:*
  Expected "actual" to be strictly unequal to: *
  Expected "actual" not to be *
  Expected "actual" to be *
  Values have same structure but are not reference-equal:*
  The expression evaluated to a falsy value:*
  The input did not match the regular expression *
  The input was expected to not match the regular expression *
  ifError got unwanted exception: *
  Failed
  false == true
  * == *
  No value argument passed to \`assert.ok()\`
  Object that needs transfer was found in message but not listed in transferList
  Worker terminated due to reaching memory limit: JS heap out of memory
  Worker terminated due to reaching memory limit: *
  Cannot send message to *
  Channel closed
  Channel is closed
  IPC channel is already disconnected
  Invalid state: *
  Invalid package *
  Invalid module *
  Invalid return property value*
  Missing data for CAA
  Expected a function to be returned for the *
  Access to this API has been restricted. *
  Unexpected argument *. *
  Unknown option *
  Option * does not take an argument
  Option * argument missing
  fetch failed
  Failed to parse URL from *
  Request cannot be constructed from a URL that includes credentials: *
  Request with GET/HEAD method cannot have body.
  RequestInit: duplex option is required when sending a body.
  Response body object should not be disturbed or locked
  Body is unusable: Body has already been read
  Body is unusable
  readline was closed
  Headers.append: * is an invalid header value.
  Headers.append: * is an invalid header name.
  Headers.set: * is an invalid header value.
  Headers.set: * is an invalid header name.
  Headers.append: *
  Headers.set: *
  Headers constructor: *
  Response constructor: *
  Request constructor: *
  Content-Type was not one of "multipart/form-data" or "application/x-www-form-urlencoded".
  expected CRLF
  expected a value starting with -- and the boundary
  Failed to parse body as FormData.
  unknown scheme
  unexpected redirect
  redirect count exceeded
  URL scheme must be a HTTP(S) scheme
  invalid url
  invalid method
  bad port
  terminated`

export const warningTemplates = `
  Possible EventEmitter memory leak detected. # * listeners added to *. MaxListeners is #. Use emitter.setMaxListeners() to increase limit
  Possible EventEmitter memory leak detected. *
  Possible EventTarget memory leak detected. *
  * is an experimental feature and might change at any time
  * does not fit into a 32-bit signed integer.*
  * is a negative number.*
  * is not a number.*
  The \`punycode\` module is deprecated. Please use a userland alternative instead.
  \`url.parse()\` behavior is not standardized and prone to errors that have security implications. *
  Buffer() is deprecated due to security and usability issues. *
  Setting the NODE_TLS_REJECT_UNAUTHORIZED environment variable to '0' makes TLS connections and HTTPS requests insecure *
  Promise rejection was handled asynchronously (rejection id: #)
  Unhandled promise rejection. *
  Closing file descriptor # on garbage collection
  The util.* API is deprecated. *
  Use \`node --trace-warnings ...\` to show where the warning was created*
  Use \`node --trace-deprecation ...\` to show where the warning was created*
  Passing args to a child process with shell option true *
  Access to process.binding('*') is deprecated.
  OutgoingMessage.prototype._headers is deprecated
  Module type of * is not specified and it doesn't parse as CommonJS.*
  Calling * is deprecated*`
