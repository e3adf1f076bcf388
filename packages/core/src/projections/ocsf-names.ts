/** Captions of the OCSF classes and severities that records are projected to. */

export const classes: Readonly<Record<number, { readonly name: string; readonly category: string }>> = {
  0: { name: 'Base Event', category: 'Uncategorized' },
  1008: { name: 'Event Log Activity', category: 'System Activity' },
  2002: { name: 'Vulnerability Finding', category: 'Findings' },
  2003: { name: 'Compliance Finding', category: 'Findings' },
  2004: { name: 'Detection Finding', category: 'Findings' },
  2005: { name: 'Incident Finding', category: 'Findings' },
  3001: { name: 'Account Change', category: 'Identity & Access Management' },
  3002: { name: 'Authentication', category: 'Identity & Access Management' },
  3003: { name: 'Authorize Session', category: 'Identity & Access Management' },
  3004: { name: 'Entity Management', category: 'Identity & Access Management' },
  3005: { name: 'User Access Management', category: 'Identity & Access Management' },
  3007: { name: 'User Management', category: 'Identity & Access Management' },
  4002: { name: 'HTTP Activity', category: 'Network Activity' },
  6001: { name: 'Web Resources Activity', category: 'Application Activity' },
  6002: { name: 'Application Lifecycle', category: 'Application Activity' },
  6003: { name: 'API Activity', category: 'Application Activity' },
  6005: { name: 'Datastore Activity', category: 'Application Activity' },
  6006: { name: 'File Hosting Activity', category: 'Application Activity' },
  6007: { name: 'Scan Activity', category: 'Application Activity' },
  6008: { name: 'Application Error', category: 'Application Activity' },
}

export const severities: Readonly<Record<number, string>> = {
  0: 'Unknown',
  1: 'Informational',
  2: 'Low',
  3: 'Medium',
  4: 'High',
  5: 'Critical',
  6: 'Fatal',
}
