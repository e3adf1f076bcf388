import { serveKoa } from './serve-koa.ts'
import { adapterConformance } from './suite.ts'

adapterConformance('koa', serveKoa)
