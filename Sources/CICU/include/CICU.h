// ICU behind opaque types: its headers clash with Foundation's own copy of ICU.
#ifndef REEL_CICU_H
#define REEL_CICU_H
#endif
