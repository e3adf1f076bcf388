/** An application that needs a file which is not there. */
export const found = await import(new URL('./not-there.ts', import.meta.url).href)
