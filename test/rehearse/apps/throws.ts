throw new TypeError('password=hunter2')
