/*
 * netlab: an emulated internet on one Linux machine. Each host is a network namespace (benchlab0, benchlab1, …) with one
 * tun device and the address 10.77.0.(host + 1)/24; 10.77.0.(host + 101) leads to it as well, should it move there. What a host sends comes in here, waits for its uplink, crosses the
 * core, waits for the receiver's downlink and goes out there. Kernels without netem need it, and it needs root.
 *
 *   netlab HOSTS  HOST:UP_KBPS:DOWN_KBPS:DELAY_MS:LOSS_RATIO ...
 *
 * A rate of 0 is no limit; a host that no argument names has no limit at all. Loss strikes a packet once for its sender
 * and once for its receiver. Says "ready", then answers each line on its input with "host:sentBytes:receivedBytes:dropped"
 * of every host; when the input ends it removes the hosts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { HOSTS_MAX = 64, OTHER_ADDRESS = 100, PACKET_MAX_BYTES = 65536, READS_PER_TURN = 64, IDLE_SECONDS = 1 };

/* What waits longer for a link than this is dropped: the queue of an ordinary home router. */
static const double queueMaxSeconds = 0.2;

typedef struct {
  /* In bits a second; 0 is no limit. */
  double rate;
  /* When all that waits for it will have passed. */
  double freeAt;
} Link;

typedef struct {
  Link up, down;
  double delaySeconds, lossRatio;
  int tun;
  unsigned long long sentBytes, receivedBytes, droppedPackets;
} Host;

/* A packet on its way: first to the receiver's downlink, then out of it. */
typedef struct {
  double dueAt;
  unsigned long order;
  int to, length;
  bool passedDownlink;
  unsigned char *bytes;
} Packet;

static Host hosts[HOSTS_MAX];
static int hostCount;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Packets under way, a binary heap: the one that is due first on top, among equals the one that came first. */
static Packet *heap;
static int heapLength, heapCapacity;
static unsigned long packetsSeen;

static bool isBefore(int one, int other) {
  if (heap[one].dueAt != heap[other].dueAt) return heap[one].dueAt < heap[other].dueAt;
  return heap[one].order < heap[other].order;
}

static void swapPackets(int one, int other) {
  Packet kept = heap[one];
  heap[one] = heap[other];
  heap[other] = kept;
}

static void pushPacket(Packet packet) {
  if (heapLength == heapCapacity) {
    heapCapacity = heapCapacity == 0 ? 4096 : heapCapacity * 2;
    heap = realloc(heap, (size_t)heapCapacity * sizeof(Packet));
  }
  packet.order = packetsSeen++;
  heap[heapLength] = packet;
  for (int at = heapLength++; at > 0 && isBefore(at, (at - 1) / 2); at = (at - 1) / 2) swapPackets(at, (at - 1) / 2);
}

static Packet popPacket(void) {
  Packet first = heap[0];
  heap[0] = heap[--heapLength];
  for (int at = 0;;) {
    int least = at;
    for (int child = 2 * at + 1; child <= 2 * at + 2 && child < heapLength; child++)
      if (isBefore(child, least)) least = child;
    if (least == at) return first;
    swapPackets(at, least);
    at = least;
  }
}

/* When a packet that reaches the link at `at` has passed it; below 0 if the queue is full. */
static double passLink(Link *link, double at, int length) {
  double start = link->freeAt > at ? link->freeAt : at;
  if (start - at > queueMaxSeconds) return -1;
  link->freeAt = link->rate > 0 ? start + length * 8 / link->rate : at;
  return link->freeAt;
}

static void crossCore(int from, int to, const unsigned char *bytes, int length, double at) {
  if (drand48() < hosts[from].lossRatio || drand48() < hosts[to].lossRatio) {
    hosts[to].droppedPackets++;
    return;
  }
  unsigned char *copy = malloc((size_t)length);
  memcpy(copy, bytes, (size_t)length);
  double dueAt = at + hosts[from].delaySeconds + hosts[to].delaySeconds;
  pushPacket((Packet){.dueAt = dueAt, .to = to, .length = length, .bytes = copy});
}

/* Only IPv4 among the hosts, and multicast to all of them. */
static void leaveHost(int from, const unsigned char *bytes, int length) {
  if (length < 20 || bytes[0] >> 4 != 4) return;
  const unsigned char *destination = bytes + 16;
  bool toAll = (destination[0] & 0xf0) == 0xe0;
  int to = (destination[3] - 1) % OTHER_ADDRESS;
  bool toHost = destination[0] == 10 && destination[1] == 77 && to >= 0 && to < hostCount && to != from;
  if (!toAll && !toHost) return;
  double passedAt = passLink(&hosts[from].up, now(), length);
  if (passedAt < 0) {
    hosts[from].droppedPackets++;
    return;
  }
  hosts[from].sentBytes += (unsigned long long)length;
  for (int each = 0; each < hostCount; each++)
    if (toAll ? each != from : each == to) crossCore(from, each, bytes, length, passedAt);
}

static void arrive(Packet packet) {
  Host *host = &hosts[packet.to];
  if (!packet.passedDownlink) {
    packet.dueAt = passLink(&host->down, packet.dueAt, packet.length);
    packet.passedDownlink = true;
    if (packet.dueAt >= 0) {
      pushPacket(packet);
      return;
    }
    host->droppedPackets++;
  } else if (write(host->tun, packet.bytes, (size_t)packet.length) == packet.length) {
    host->receivedBytes += (unsigned long long)packet.length;
  } else {
    host->droppedPackets++;
  }
  free(packet.bytes);
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void command(const char *format, ...) {
  char line[512];
  va_list values;
  va_start(values, format);
  vsnprintf(line, sizeof line, format, values);
  va_end(values);
  if (system(line) != 0) fprintf(stderr, "failed: %s\n", line);
}

static void openHost(int host, int ownNamespace) {
  char path[64];
  command("ip netns del benchlab%d 2>/dev/null; ip netns add benchlab%d", host, host);
  snprintf(path, sizeof path, "/var/run/netns/benchlab%d", host);
  int namespace = open(path, O_RDONLY | O_CLOEXEC);
  if (namespace < 0 || setns(namespace, CLONE_NEWNET) != 0) fail(path);
  close(namespace);
  int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI, .ifr_name = "wan"};
  if (tun < 0 || ioctl(tun, TUNSETIFF, &request) != 0) fail("/dev/net/tun");
  hosts[host].tun = tun;
  command("ip link set lo up; ip addr add 10.77.0.%d/24 dev wan", host + 1);
  command("ip link set wan up multicast on txqueuelen 2000; ip route add default dev wan");
  command("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2>/dev/null || true");
  if (setns(ownNamespace, CLONE_NEWNET) != 0) fail("setns");
}

static void readSettings(const char *argument) {
  int host;
  double upKbps, downKbps, delayMs, lossRatio;
  int read = sscanf(argument, "%d:%lf:%lf:%lf:%lf", &host, &upKbps, &downKbps, &delayMs, &lossRatio);
  if (read != 5 || host < 0 || host >= hostCount) {
    fprintf(stderr, "not a host's settings: %s\n", argument);
    exit(2);
  }
  hosts[host].up.rate = upKbps * 1e3;
  hosts[host].down.rate = downKbps * 1e3;
  hosts[host].delaySeconds = delayMs / 1e3;
  hosts[host].lossRatio = lossRatio;
}

static void tellCounters(void) {
  for (int host = 0; host < hostCount; host++) {
    Host *one = &hosts[host];
    printf("%d:%llu:%llu:%llu ", host, one->sentBytes, one->receivedBytes, one->droppedPackets);
  }
  printf("\n");
  fflush(stdout);
}

/* Whether the input goes on. */
static bool answerInput(void) {
  char bytes[256];
  ssize_t length = read(STDIN_FILENO, bytes, sizeof bytes);
  if (length <= 0) return length < 0 && (errno == EAGAIN || errno == EINTR);
  for (ssize_t at = 0; at < length; at++)
    if (bytes[at] == '\n') tellCounters();
  return true;
}

static void takeFrom(int host) {
  static unsigned char bytes[PACKET_MAX_BYTES];
  for (int count = 0; count < READS_PER_TURN; count++) {
    ssize_t length = read(hosts[host].tun, bytes, sizeof bytes);
    if (length <= 0) return;
    leaveHost(host, bytes, (int)length);
  }
}

static struct timespec untilNextDue(void) {
  double wait = heapLength == 0 ? IDLE_SECONDS : heap[0].dueAt - now();
  if (wait < 0) wait = 0;
  time_t seconds = (time_t)wait;
  return (struct timespec){.tv_sec = seconds, .tv_nsec = (long)((wait - (double)seconds) * 1e9)};
}

static void run(void) {
  struct pollfd polled[HOSTS_MAX + 1];
  for (int host = 0; host < hostCount; host++) polled[host] = (struct pollfd){hosts[host].tun, POLLIN, 0};
  polled[hostCount] = (struct pollfd){STDIN_FILENO, POLLIN, 0};
  for (bool goesOn = true; goesOn;) {
    for (double time = now(); heapLength > 0 && heap[0].dueAt <= time;) arrive(popPacket());
    struct timespec wait = untilNextDue();
    if (ppoll(polled, (nfds_t)hostCount + 1, &wait, NULL) <= 0) continue;
    for (int host = 0; host < hostCount; host++)
      if (polled[host].revents & POLLIN) takeFrom(host);
    if (polled[hostCount].revents != 0) goesOn = answerInput();
  }
}

int main(int count, char **arguments) {
  hostCount = count > 1 ? atoi(arguments[1]) : 0;
  if (hostCount < 1 || hostCount > HOSTS_MAX) {
    fprintf(stderr, "usage: netlab HOSTS HOST:UP_KBPS:DOWN_KBPS:DELAY_MS:LOSS_RATIO ...\n");
    return 2;
  }
  for (int at = 2; at < count; at++) readSettings(arguments[at]);
  int ownNamespace = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  for (int host = 0; host < hostCount; host++) openHost(host, ownNamespace);
  printf("ready\n");
  fflush(stdout);
  run();
  for (int host = 0; host < hostCount; host++) command("ip netns del benchlab%d", host);
  return 0;
}
