// Shared libraries that are loaded when they are first needed, not when the program starts: with
// everything they bring along, a start would spend most of its time on code that most starts never
// call.
//
// A module says by REEL_ON_DEMAND_STUB which functions it calls. Each becomes a jump to an address
// that is filled in when the library is loaded, so calls look as if the library were linked, with
// any arguments. A function without a stub does not link. Data of a library cannot be reached so.
#ifndef REEL_ON_DEMAND_H
#define REEL_ON_DEMAND_H

#include <stddef.h>

typedef void (*reel_on_demand_address)(void);

/// A function, and where its address is put.
typedef struct {
    const char *name;
    reel_on_demand_address *address;
} reel_on_demand_function;

/// A shared library by the name that its own header file gives it, the Debian package that it comes
/// in, and what is called of it.
typedef struct {
    const char *name;
    const char *package;
    const reel_on_demand_function *functions;
    size_t function_count;
} reel_on_demand_library;

/// Libraries that are loaded together, or not at all; static, `is_loaded` 0 at first.
typedef struct {
    const reel_on_demand_library *libraries;
    size_t count;
    int is_loaded;
} reel_on_demand_group;

/// Loads what is not loaded yet; any thread may call it, at any time. Stubs may be called once it
/// has returned NULL. Else a sentence for the user, to be freed: what is missing, and where it is
/// to be had. It tries again the next time.
char *reel_on_demand_load(reel_on_demand_group *group);

/// Where a stub leads while its library is not loaded: says so, and aborts. A defect of the program.
_Noreturn void reel_on_demand_not_loaded(void);

// What a stub does: jump to the address at `slot`, with all arguments as they are. The registers are
// those that both systems' calling conventions leave to linkers.
#if defined(__x86_64__)
#define REEL_ON_DEMAND_JUMP(slot) "endbr64\n jmp *" slot "(%rip)\n"
#elif defined(__aarch64__)
// hint #34 is `bti c`.
#define REEL_ON_DEMAND_JUMP(slot) \
    "hint #34\n adrp x16, " slot "\n ldr x16, [x16, :lo12:" slot "]\n br x16\n"
#else
#error "Write what REEL_ON_DEMAND_JUMP is for this processor: a jump to the address at a place."
#endif

/// Defines a function of a library, hidden so that no library finds it in place of its own. The
/// header that declares it is included before: a name that it lacks does not compile.
#define REEL_ON_DEMAND_STUB(function)                                                           \
    _Static_assert(sizeof(&function) == sizeof(void *), "declared by the library's header");     \
    __attribute__((visibility("hidden"))) reel_on_demand_address reel_on_demand_to_##function = \
        reel_on_demand_not_loaded;                                                              \
    __asm__(".pushsection .text\n"                                                              \
            ".balign 16\n"                                                                      \
            ".globl " #function "\n"                                                            \
            ".hidden " #function "\n"                                                           \
            ".type " #function ", @function\n" #function ":\n"                                  \
            REEL_ON_DEMAND_JUMP("reel_on_demand_to_" #function)                                 \
            ".size " #function ", . - " #function "\n"                                          \
            ".popsection\n");

/// A row of a table of functions.
#define REEL_ON_DEMAND_FUNCTION(function) {#function, &reel_on_demand_to_##function},

/// A row of a table of libraries. `functions`: the table of its functions, an array.
#define REEL_ON_DEMAND_LIBRARY(name, package, functions) \
    {name, package, functions, sizeof(functions) / sizeof(functions)[0]}

/// The digits of a number that a header defines.
#define REEL_ON_DEMAND_DIGITS(number) REEL_ON_DEMAND_SPELLED(number)
#define REEL_ON_DEMAND_SPELLED(text) #text

#endif
