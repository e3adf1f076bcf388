/** One hop of asynchronous work, as every real handler has. */
export const work = (): Promise<{ ok: boolean }> => new Promise((resolve) => setImmediate(resolve, { ok: true }))
