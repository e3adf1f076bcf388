/** Both supported versions of Express. The alias brings no types of its own; what tests use is the same in both. */
import { createRequire } from 'node:module'
import express from 'express'

const require = createRequire(import.meta.url)

export const express5 = express
export const express4: typeof express = require('express-4')
