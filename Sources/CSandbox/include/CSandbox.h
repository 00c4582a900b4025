// What a process gives up before it touches a stranger's file: variadic and macro-only system calls
// that Swift cannot make.
#ifndef REEL_CSANDBOX_H
#define REEL_CSANDBOX_H

/// No set-user-id program run from here on gains rights. Returns 0, or errno.
int reel_sandbox_no_new_privileges(void);

#endif
