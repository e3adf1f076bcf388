/** What V8 says. */

/** JSON.parse first: its messages quote what was parsed. */
export const jsonTemplates = `
  Unexpected end of JSON input
  Unexpected token * in JSON at position # (line # column #)
  Unexpected token * in JSON at position #
  Unexpected token *, * is not valid JSON
  Unexpected string in JSON at position # (line # column #)
  Unexpected string in JSON at position #
  Unexpected number in JSON at position # (line # column #)
  Unexpected number in JSON at position #
  Unexpected non-whitespace character after JSON at position # (line # column #)
  Unexpected non-whitespace character after JSON at position #
  Unexpected non-whitespace character after JSON data at line # column #*
  Expected property name or '}' in JSON at position # (line # column #)
  Expected property name or '}' in JSON at position #
  Expected double-quoted property name in JSON at position # (line # column #)
  Expected double-quoted property name in JSON at position #
  Expected ',' or '}' after property value in JSON at position # (line # column #)
  Expected ',' or '}' after property value in JSON at position #
  Expected ',' or ']' after array element in JSON at position # (line # column #)
  Expected ',' or ']' after array element in JSON at position #
  Expected ':' after property name in JSON at position # (line # column #)
  Expected ':' after property name in JSON at position #
  Unterminated string in JSON at position # (line # column #)
  Unterminated string in JSON at position #
  Unterminated fractional number in JSON at position # (line # column #)
  Unterminated fractional number in JSON at position #
  Exponent part is missing a number in JSON at position # (line # column #)
  Exponent part is missing a number in JSON at position #
  No number after minus sign in JSON at position # (line # column #)
  No number after minus sign in JSON at position #
  Bad control character in string literal in JSON at position # (line # column #)
  Bad control character in string literal in JSON at position #
  Bad escaped character in JSON at position # (line # column #)
  Bad escaped character in JSON at position #
  Bad Unicode escape in JSON at position # (line # column #)
  Bad Unicode escape in JSON at position #
  * is not valid JSON
  Converting circular structure to JSON*
  Do not know how to serialize a BigInt
  Invalid string length`

export const languageTemplates = `
  Cannot read properties of undefined (reading *)
  Cannot read properties of null (reading *)
  Cannot set properties of undefined (setting *)
  Cannot set properties of null (setting *)
  Cannot destructure property * of * as it is undefined.
  Cannot destructure property * of * as it is null.
  Cannot destructure * as it is undefined.
  Cannot destructure * as it is null.
  Cannot convert undefined or null to object
  Cannot convert a Symbol value to a string
  Cannot convert a Symbol value to a number
  Cannot convert a BigInt value to a number
  Cannot convert object to primitive value
  Cannot convert * to a BigInt
  Cannot mix BigInt and other types, use explicit conversions
  Cannot access * before initialization
  Cannot assign to read only property * of object *
  Cannot add property *, object is not extensible
  Cannot define property *, object is not extensible
  Cannot delete property * of *
  Cannot redefine property: *
  Cannot set property * of * which has only a getter
  Cannot use 'in' operator to search for * in *
  Cannot use import statement outside a module
  Class constructor * cannot be invoked without 'new'
  Constructor * requires 'new'
  Class extends value * is not a constructor or null
  Must call super constructor in derived class before accessing 'this' or returning from derived constructor
  Private field * must be declared in an enclosing class
  Derived constructors may only return object or undefined
  Method * called on incompatible receiver *
  Object prototype may only be an Object or null: *
  Property description must be an object: *
  Reduce of empty array with no initial value
  Right-hand side of 'instanceof' is not callable
  Right-hand side of 'instanceof' is not an object
  Function.prototype.apply was called on *, which is * and not a function
  Found non-callable @@iterator
  Iterator value * is not an entry object
  Iterator result * is not an object
  Spread syntax requires ...iterable[Symbol.iterator] to be a function*
  Invalid attempt to *
  object null is not a function
  undefined is not iterable (cannot read property Symbol(Symbol.iterator))
  Assignment to constant variable.
  Illegal invocation
  Illegal constructor
  Maximum call stack size exceeded
  Invalid array length
  Invalid array buffer length
  Invalid typed array length: *
  Array buffer allocation failed
  Invalid time value
  Invalid count value: *
  Invalid code point *
  Invalid currency code : *
  Invalid time zone specified: *
  Cannot convert argument to a ByteString because *
  Invalid date
  Invalid language tag: *
  Incorrect locale information provided
  Invalid unit argument for format() *
  Value * out of range for * options property *
  toFixed() digits argument must be between 0 and 100
  toPrecision() argument must be between 1 and 100
  toString() radix argument must be between 2 and 36
  toString() radix must be between 2 and 36
  The number * cannot be converted to a BigInt because it is not an integer
  Division by zero
  Maximum BigInt size exceeded
  Start offset * is outside the bounds of the buffer
  start offset of * should be a multiple of *
  byte length of * should be a multiple of *
  Offset is outside the bounds of the DataView
  offset is out of bounds
  Map maximum size exceeded
  Set maximum size exceeded
  Too many properties to enumerate
  URI malformed
  Invalid regular expression: *: Unterminated group
  Invalid regular expression: *: Unterminated character class
  Invalid regular expression: *: Nothing to repeat
  Invalid regular expression: *: Invalid group
  Invalid regular expression: *: Invalid escape
  Invalid regular expression: *: Lone quantifier brackets
  Invalid regular expression: *: Unmatched ')'
  Invalid regular expression: *: Range out of order in character class
  Invalid regular expression: *
  Invalid regular expression flags
  Invalid flags supplied to RegExp constructor *
  Invalid or unexpected token
  Invalid left-hand side in assignment
  Unexpected end of input
  Unexpected identifier *
  Unexpected string
  Unexpected number
  Unexpected reserved word
  Unexpected strict mode reserved word
  Unexpected eval or arguments in strict mode
  Unexpected template string
  Unexpected token *
  Missing initializer in const declaration
  missing ) after argument list
  await is only valid in async functions and the top level bodies of modules
  Illegal return statement
  Identifier * has already been declared
  Duplicate parameter name not allowed in this context
  The requested module * does not provide an export named *
  All promises were rejected
  Promise resolver * is not a function
  WebAssembly.instantiate(): *
  WebAssembly.Module(): *
  WebAssembly.compile(): *
  unreachable
  divide by zero
  memory access out of bounds
  * is not a function or its return value is not iterable
  * is not a function or its return value is not async iterable
  * is not a function
  * is not a constructor
  * is not iterable (cannot read property Symbol(Symbol.iterator))
  * is not iterable
  * is not async iterable
  * is not extensible
  * is not an object
  * is not defined
  * is read-only
  * called on null or undefined
  * could not be cloned.
  * object could not be cloned.`
