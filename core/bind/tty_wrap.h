/* core/bind/tty_wrap.h: what the end of the process needs of the terminals. */
#ifndef RT_BIND_TTY_WRAP_H
#define RT_BIND_TTY_WRAP_H

/* Puts a terminal that is in raw mode back as it was found. Async-signal-safe. */
void rt_tty_restore(void);

#endif
