// deny-namespaces COMMAND [ARGUMENT...]: runs the command where a seccomp filter refuses user namespaces.

#include "support/deny_namespaces.hpp"

#include <stdio.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc < 2) {
    fputs("usage: deny-namespaces COMMAND [ARGUMENT...]\n", stderr);
    return 2;
  }
  if (!kerneltour::tests::deny_user_namespaces()) {
    perror("deny-namespaces: cannot install a seccomp filter");
    return 125;
  }
  execvp(argv[1], argv + 1);
  perror(argv[1]);
  return 127;
}
