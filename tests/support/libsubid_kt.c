/* A service for subordinate IDs, as libsubid loads one for "subid: kt" in nsswitch.conf(5). The functions are those
 * that shadow's lib/prototypes.h wants of a plug-in (struct subid_nss_ops). It gives ann one range of users
 * and another one of groups, and bob none. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum subid_type { ID_TYPE_UID = 1, ID_TYPE_GID = 2 };
enum subid_status { SUBID_STATUS_SUCCESS = 0, SUBID_STATUS_UNKNOWN_USER = 1 };
struct subid_range {
  unsigned long start;
  unsigned long count;
};

static const unsigned long number = 65536;

static unsigned long first(enum subid_type type) { return type == ID_TYPE_UID ? 500000000 : 600000000; }

enum subid_status shadow_subid_has_range(const char *owner, unsigned long start, unsigned long count,
                                         enum subid_type type, bool *result) {
  *result = strcmp(owner, "ann") == 0 && start >= first(type) && start + count <= first(type) + number;
  return SUBID_STATUS_SUCCESS;
}

enum subid_status shadow_subid_list_owner_ranges(const char *owner, enum subid_type type,
                                                 struct subid_range **ranges, int *count) {
  *count = 0;
  *ranges = NULL;
  if (strcmp(owner, "ann") != 0) return SUBID_STATUS_SUCCESS;
  *ranges = malloc(sizeof **ranges);
  (*ranges)->start = first(type);
  (*ranges)->count = number;
  *count = 1;
  return SUBID_STATUS_SUCCESS;
}

enum subid_status shadow_subid_find_subid_owners(unsigned long id, enum subid_type type, uid_t **uids, int *count) {
  (void)id;
  (void)type;
  *uids = NULL;
  *count = 0;
  return SUBID_STATUS_SUCCESS;
}
