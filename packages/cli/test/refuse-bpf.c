/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a program whose bpf(2) answers some commands as an older or stricter kernel would:
 *   refuse-bpf <errno> <command>,<command>... program arguments...
 * Command 255 stands for all of them. Numbers are those of enum bpf_cmd (28: BPF_LINK_CREATE).
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))

int main(int argc, char **argv)
{
	struct sock_filter code[128];
	unsigned short n = 0;
	unsigned int refusal;

	if (argc < 4)
		return 64;
	refusal = SECCOMP_RET_ERRNO | (unsigned int)atoi(argv[1]);
	code[n++] = (struct sock_filter)LOAD(nr);
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 1, 0);
	code[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
	/* The low half of the first argument: little-endian machines only, as this test. */
	code[n++] = (struct sock_filter)LOAD(args[0]);
	for (char *word = strtok(argv[2], ","); word && n < 120; word = strtok(NULL, ",")) {
		int command = atoi(word);

		if (command != 255)
			code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)command, 0, 1);
		code[n++] = (struct sock_filter)RETURN(refusal);
	}
	code[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);

	struct sock_fprog program = { .len = n, .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		perror("seccomp");
		return 65;
	}
	execvp(argv[3], argv + 3);
	perror(argv[3]);
	return 66;
}
