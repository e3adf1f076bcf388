/** What HTTP clients, servers, body parsers and sockets say. */

export const clientTemplates = `
  Request failed with status code #
  Request failed with status code # (*): *
  Request failed with status code # *
  Response code # (*)
  Response status code #
  Response Error
  Expected * in JSON at position # (line # column #) in "*"
  Unexpected * in JSON at position # (line # column #) in "*"
  Unexpected * after JSON at position # (line # column #) in "*"
  Unterminated * in JSON at position # (line # column #) in "*"
  Bad * in JSON at position # (line # column #) in "*"
  Unexpected end of JSON input in "*"
  Request aborted
  Request timed out
  Request was cancelled.
  Request path should not contain *
  Request body length does not match content-length header
  Response body length does not match content-length header
  Request failed: *
  timeout of #ms exceeded
  timeout exceeded
  Timeout of #ms exceeded
  Timeout awaiting 'request' for #ms
  Timeout awaiting 'connect' for #ms
  Timeout awaiting 'response' for #ms
  Timeout awaiting 'socket' for #ms
  Timeout awaiting 'lookup' for #ms
  Timeout awaiting '*' for #ms
  Response timeout of #ms exceeded
  Network Error
  canceled
  Unsupported protocol *
  maxContentLength size of # exceeded
  maxContentLength size of * exceeded
  Request body larger than maxBodyLength limit
  Maximum number of redirects exceeded
  Redirected # times. Aborting.
  Redirected more than # times
  Redirected *
  Converting circular structure *
  Invalid URL *
  stream has been aborted
  error during fetch: *
  Error in input stream
  Promise was canceled
  This operation was aborted.
  Connect Timeout Error (attempted address: *, timeout: #ms)
  Connect Timeout Error (attempted addresses: *, timeout: #ms)
  Connect Timeout Error*
  Headers Timeout Error
  Body Timeout Error
  Headers Overflow Error
  The client is destroyed
  The client is closed
  The request was aborted
  Request aborted*
  other side closed
  invalid content-length header
  invalid connection header
  invalid transfer-encoding header
  invalid upgrade header
  invalid request path
  invalid request method
  invalid * header
  bad upgrade
  bad response
  Not Found
  Unauthorized
  Forbidden
  Bad Request
  Conflict
  Gone
  Unprocessable Entity
  Unprocessable Content
  Too Many Requests
  Internal Server Error
  Bad Gateway
  Service Unavailable
  Gateway Timeout
  Method Not Allowed
  Not Acceptable
  Request Timeout
  Payload Too Large
  Content Too Large
  Unsupported Media Type
  Parser is unable to parse the response
  Double callback bug
  Aborted
  Timeout exceeded
  Maximum response size reached
  invalid json response body at * reason: *
  request to * failed, reason: *
  network timeout at: *
  maximum redirect reached at: *
  content size at * over limit: #
  uri requested responds with an invalid redirect URL: *`

export const serverTemplates = `
  request entity too large
  request aborted
  request size did not match content length
  Unsupported Media Type: *
  Unsupported Media Type
  unsupported content encoding *
  unsupported charset *
  entity verification failed
  stream encoding should not be set
  stream is not readable
  too many parameters
  encoding unsupported
  invalid JSON, only supports object and array
  Body is too large
  Request body is too large
  Request body size did not match Content-Length
  Body cannot be empty when content-type is set to *
  Body is not valid JSON but content-type is set to *
  Unsupported Media Type
  Body must be *
  Route *:* not found
  Reply was already sent*
  Reply already sent
  Attempted to send payload of invalid type *
  Called reply with an invalid status code: *
  Client Error
  Premature close
  Promise may not be fulfilled with 'undefined' when statusCode is not 204
  Failed to decode param *
  Failed to lookup view *
  No default engine was specified and no extension was provided.
  Route.get() requires a callback function but got a *
  Route.*() requires a callback function but got a *
  Missing parameter name at *
  Unexpected * at *, expected *: *
  argument handler is required
  argument * is required to be *
  option * is required
  secret option required for sessions
  req.secret provided*
  invalid csrf token
  misconfigured csrf
  CORS: *
  Not allowed by CORS
  BadRequestError: *
  non-error thrown: *
  ctx.throw requires *
  Input depth exceeded depth option of # and strictDepth is true
  The value * cannot be converted to *
  request file too large
  Depth limit exceeded. Only # level of depth allowed in an object.
  Parameter limit exceeded. Only # parameters allowed.
  Parameter limit exceeded. Only # parameter allowed.
  Array limit exceeded. Only # elements allowed in an array.
  Array limit exceeded. Only # element allowed in an array.
  The input exceeded the depth. Only nestings of # are allowed.
  Range Not Satisfiable
  Too many requests, please try again later.
  Rate limit exceeded, retry in *
  Request Header Fields Too Large
  File too large
  Too many files
  Too many parts
  Too many fields
  Field name too long
  Field name missing
  Field value too long
  Field name nesting too deep
  Unexpected file field
  Unexpected field
  Unexpected field *
  Unexpected end of multipart data
  Unexpected end of form
  Unexpected end of file
  Unexpected CRLF*
  Missing Content-Type
  Missing content-type
  Malformed content type
  Malformed part header
  Malformed urlencoded form
  Multipart: Boundary not found
  Unsupported content type: *
  Unsupported content-type: *
  Part terminated early due to unexpected end of multipart data
  Request closed
  Request aborted
  Request file too large
  reach file size limit
  reach files limit
  reach fields limit
  reach parts limit
  the request is not multipart
  File size limit has been reached
  options.maxFileSize (#) exceeded, received # bytes of file data
  options.maxFileSize *
  options.maxTotalFileSize *
  options.maxFields *
  bad content-type header, *
  no parser found`

export const socketTemplates = `
  Unexpected server response: #
  WebSocket was closed before the connection was established
  WebSocket is not open: readyState # (*)
  WebSocket is not open: *
  Opening handshake has timed out
  Invalid Sec-WebSocket-Accept header
  Invalid Sec-WebSocket-Extensions header
  Invalid Sec-WebSocket-Key header
  Missing or invalid Sec-WebSocket-Key header
  Missing or invalid Sec-WebSocket-Version header
  Missing or invalid Upgrade header
  Invalid Upgrade header
  Server sent no subprotocol
  Server sent an invalid subprotocol
  Server sent a subprotocol but none was requested
  Invalid WebSocket frame: invalid opcode #
  Invalid WebSocket frame: invalid status code *
  Invalid WebSocket frame: invalid UTF-8 sequence
  Invalid WebSocket frame: invalid payload length *
  Invalid WebSocket frame: MASK must be set
  Invalid WebSocket frame: MASK must be clear
  Invalid WebSocket frame: FIN must be set
  Invalid WebSocket frame: RSV1 must be clear
  Invalid WebSocket frame: RSV2 and RSV3 must be clear
  Invalid WebSocket frame: *
  Max payload size exceeded
  Unsupported WebSocket frame: payload length > 2^53 - 1
  The socket was closed while data was being compressed
  The message must not be greater than # bytes
  The data size must not be greater than # bytes
  First argument must be a valid error code number
  An invalid or duplicated subprotocol was specified
  The URL's protocol must be one of *
  The URL contains a fragment identifier
  The URL's pathname is empty
  xhr poll error
  xhr post error
  websocket error
  server error`
