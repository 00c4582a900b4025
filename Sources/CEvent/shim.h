// libevent's loop, buffers and evhttp. Its configuration header defines _GNU_SOURCE, so fd_set is
// declared first, as Glibc's Swift module saw it; http_struct.h is left out, so requests are opaque.
#ifndef REEL_CEVENT_SHIM_H
#define REEL_CEVENT_SHIM_H
#include <sys/select.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <event2/thread.h>
#include <event2/util.h>

/// POLLRDHUP: the other side closed its end. Behind _GNU_SOURCE, so Glibc's Swift module lacks it.
enum { reel_poll_hangup = 0x2000 };
#endif
