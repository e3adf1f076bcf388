"""
A second verifier, written from packages/ledger/FORMAT.md alone: python3 and openssl, none of this project's code.
Prints one JSON object for each writer below the directory given; `found` is empty where the log is what was signed.
"""
import base64, hashlib, json, os, re, subprocess, sys, tempfile

sha = lambda data: hashlib.sha256(data).digest()
LINE = re.compile(rb'\{"n":(0|[1-9]\d*),"d":(-1|0|[1-9]\d*),(.+),"h":"([A-Za-z0-9_-]{11})"\}')

def signed(path, origin, key):
    """The text of a signed note, once `key` is seen to have signed it under the name `origin`."""
    note = open(path, 'rb').read()
    text, _, signatures = note.rpartition(b'\n\n')
    text += b'\n'
    for line in signatures.splitlines():
        dash, name, blob = line.decode().split(' ')
        blob = base64.b64decode(blob, validate=True)
        if (dash, name) != ('\u2014', origin) or blob[:4] != sha(origin.encode() + b'\n\x01' + key)[:4]:
            continue
        with tempfile.TemporaryDirectory() as folder:
            put = lambda file, data: (open(folder + '/' + file, 'wb').write(data), folder + '/' + file)[1]
            public = put('key', bytes.fromhex('302a300506032b6570032100') + key)
            command = ['openssl', 'pkeyutl', '-verify', '-pubin', '-keyform', 'DER', '-inkey', public, '-rawin',
                       '-in', put('text', text), '-sigfile', put('signature', blob[4:])]
            if subprocess.run(command, capture_output=True).returncode == 0:
                return text.decode()
    raise ValueError(f'{os.path.basename(path)} is not signed by the key of the ledger')

def fold(leaves):
    """RFC 6962: the roots of the perfect subtrees, largest first, folded from the right."""
    stack = []
    for n, leaf in enumerate(leaves):
        while n & 1:
            leaf, n = sha(b'\1' + stack.pop() + leaf), n >> 1
        stack.append(leaf)
    root = stack.pop() if stack else sha(b'')
    while stack:
        root = sha(b'\1' + stack.pop() + root)
    return root

def verify(directory):
    raw = open(directory + '/LEDGER.json', 'rb').read()
    meta = json.loads(raw)
    if meta['format'] != 'trailmark-ledger/1' or meta['writer'] != os.path.basename(directory):
        raise ValueError('another format, or another writer')
    origin, key = meta['origin'], base64.b64decode(meta['key']['public'], validate=True)
    if signed(directory + '/LEDGER.note', origin, key) != f'{origin}\nLEDGER.json\n{base64.b64encode(sha(raw)).decode()}\n':
        raise ValueError('LEDGER.json is not what LEDGER.note signed')
    name, size, root = signed(directory + '/checkpoint', origin, key).splitlines()[:3]
    if name != origin: raise ValueError('checkpoint of another origin')
    files = sorted(f for f in os.listdir(directory + '/seg') if re.fullmatch(r'\d{12}\.jsonl', f))
    found, leaves, previous, durable = [], [], b'', -1
    for file in files:
        data = open(f'{directory}/seg/{file}', 'rb').read()
        if int(file[:12]) != len(leaves): found.append([len(leaves), file, 'begins elsewhere'])
        *lines, rest = data.split(b'\n')
        for line in lines + ([rest] if rest else []):
            ok = LINE.fullmatch(line) if line is not rest else None
            chained = base64.urlsafe_b64encode(sha(previous + line[:-19]))[:11]
            if not ok or int(ok[1]) != len(leaves) or not durable <= int(ok[2]) < int(ok[1]) or chained != ok[4]:
                found.append([len(leaves), file, 'not valid'])
            leaves.append(sha(b'\0' + line))
            previous, durable = (ok[4], int(ok[2])) if ok else (b'', durable)
    if len(leaves) < int(size): found.append([len(leaves), '', 'fewer lines than were signed'])
    elif base64.b64encode(fold(leaves[:int(size)])).decode() != root: found.append([0, '', 'not the signed root'])
    return {'origin': origin, 'entries': len(leaves), 'size': int(size), 'root': root, 'found': found}

for directory, _, _ in sorted(os.walk(sys.argv[1])):
    if not re.fullmatch('w-[0-9a-f]{12}', os.path.basename(directory)): continue
    try: answer = verify(directory)
    except (OSError, ValueError, KeyError, TypeError) as error:
        answer = {'directory': directory, 'found': [[-1, '', f'{type(error).__name__}: {error}']]}
    print(json.dumps(answer))
