#define _GNU_SOURCE
#include "COnDemand.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

// Loading takes milliseconds and is done once a library: one lock for all of them.
static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;

static char *sentence(const reel_on_demand_library *library, const char *reason) {
    char *text = NULL;
    if (asprintf(
            &text, "The library %s cannot be used: %s. Install it, on Debian by: apt-get install %s",
            library->name, reason, library->package)
        < 0)
        abort();
    return text;
}

// Opens a library, for good, and looks up what is called of it; `addresses` has room for all.
static char *look_up(const reel_on_demand_library *library, reel_on_demand_address *addresses) {
    void *handle = dlopen(library->name, RTLD_LAZY | RTLD_LOCAL);
    if (handle == NULL) return sentence(library, dlerror());
    for (size_t index = 0; index < library->function_count; index++) {
        const char *name = library->functions[index].name;
        addresses[index] = (reel_on_demand_address)dlsym(handle, name);
        if (addresses[index] == NULL) return sentence(library, dlerror());
    }
    return NULL;
}

static char *load(reel_on_demand_group *group) {
    size_t count = 0;
    for (size_t index = 0; index < group->count; index++)
        count += group->libraries[index].function_count;
    reel_on_demand_address *addresses = malloc((count + 1) * sizeof *addresses);
    if (addresses == NULL) abort();
    char *problem = NULL;
    reel_on_demand_address *next = addresses;
    for (size_t index = 0; index < group->count && problem == NULL; index++) {
        problem = look_up(&group->libraries[index], next);
        next += group->libraries[index].function_count;
    }
    // All or none: a stub never leads into a group that is half there.
    next = addresses;
    for (size_t index = 0; index < group->count && problem == NULL; index++) {
        const reel_on_demand_library *library = &group->libraries[index];
        for (size_t function = 0; function < library->function_count; function++)
            *library->functions[function].address = *next++;
    }
    free(addresses);
    return problem;
}

char *reel_on_demand_load(reel_on_demand_group *group) {
    if (__atomic_load_n(&group->is_loaded, __ATOMIC_ACQUIRE)) return NULL;
    pthread_mutex_lock(&loading);
    char *problem = NULL;
    if (!group->is_loaded) {
        problem = load(group);
        if (problem == NULL) __atomic_store_n(&group->is_loaded, 1, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&loading);
    return problem;
}

void reel_on_demand_not_loaded(void) {
    fputs("A library's function was called before the library was loaded. Please report this.\n",
          stderr);
    abort();
}
