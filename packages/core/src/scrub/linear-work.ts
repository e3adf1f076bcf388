/**
 * How much work the rules for texts did, counted in characters looked at.
 *
 * A test that times proves nothing on a shared machine; a test that counts proves that twice the text is twice the work. Every
 * loop and every expression over a text adds what it is given.
 */
export const work = { characters: 0 }
