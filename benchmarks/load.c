/* Load client of the benchmarks: one HTTP/1.1 program that costs little next to the servers it measures.
 *
 *   get, head    one thread, epoll, N keep-alive connections asking in turn for the given paths
 *   download     N threads; bodies are thrown away inside the kernel (recv MSG_TRUNC)
 *   put, patch   N threads; POST, then PUT of the whole body, or PATCH of a pre-framed chunked body and PUT.
 *                The body is a file sent by sendfile and a unique tail of 32 bytes, so that every upload has a
 *                digest of its own that somebody else has computed: lines "tail digest" of the list.
 *
 * Prints one JSON object. Every status is checked: anything unexpected is counted as an error and quoted.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_LIMIT = 16384, DISCARD = 1 << 20, TAIL = 32, SMALL = 65536, PATHS = 256, MAX_CONNECTIONS = 1024 };

static char *mode = "get", *extra = "", *file_name, *list_name, *paths[PATHS];
static int port, connections = 1, path_count;
static double seconds = 1;
static long least = 1, most = 1L << 40;

static struct sockaddr_in address;
static double deadline;
static atomic_long tickets, done, bytes, errors;
static char first_error[512];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

typedef struct { uint32_t *at; size_t count, room; } Samples;
typedef struct { int status, keep; long length; char location[4096]; } Answer;
typedef struct { char tail[TAIL + 1], digest[160]; } Entry;

static Entry *entries;
static long entry_count;
static int body_file = -1;
static long body_size;
static char small_body[SMALL];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *why) {
    fprintf(stderr, "load: %s: %s\n", why, strerror(errno));
    exit(2);
}

static void fault(const char *format, ...) {
    va_list values;
    pthread_mutex_lock(&lock);
    if (!first_error[0]) {
        va_start(values, format);
        vsnprintf(first_error, sizeof first_error, format, values);
        va_end(values);
        for (char *c = first_error; *c; c++)
            if (*c == '"' || *c == '\\' || (unsigned char)*c < 32) *c = ' ';
    }
    pthread_mutex_unlock(&lock);
    atomic_fetch_add(&errors, 1);
}

static void note(Samples *samples, double began) {
    if (samples->count == samples->room) {
        samples->room = samples->room ? samples->room * 2 : 4096;
        samples->at = realloc(samples->at, samples->room * sizeof *samples->at);
        if (!samples->at) die("memory");
    }
    samples->at[samples->count++] = (uint32_t)((now() - began) * 1e6);
}

static int dial(void) {
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval patience = {120, 0};
    if (fd < 0) die("socket");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address)) die("connect");
    return fd;
}

/* Read the head of an answer that ends before `end`. */
static Answer parse(char *text, char *end) {
    Answer answer = {.status = 0, .keep = 1, .length = -1, .location = ""};
    if (end - text > 12 && !strncmp(text, "HTTP/1.1 ", 9)) answer.status = atoi(text + 9);
    for (char *line = memchr(text, '\n', (size_t)(end - text)); line && ++line < end;
         line = memchr(line, '\n', (size_t)(end - line))) {
        if (!strncasecmp(line, "content-length:", 15)) answer.length = atol(line + 15);
        if (!strncasecmp(line, "connection: close", 17)) answer.keep = 0;
        if (!strncasecmp(line, "location:", 9)) {
            char *from = line + 9 + strspn(line + 9, " "), *scheme = strstr(from, "://");
            size_t length = strcspn(from, "\r\n");
            if (scheme && scheme < from + length) {
                char *slash = strchr(scheme + 3, '/');
                if (!slash) slash = from + length;
                length -= (size_t)(slash - from);
                from = slash;
            }
            if (length < sizeof answer.location) {
                memcpy(answer.location, from, length);
                answer.location[length] = 0;
            }
        }
    }
    return answer;
}

/* One whole answer from a blocking socket; its body is discarded, the beginning of a refusal's body is kept. */
static int receive(int fd, Answer *answer, char *said, size_t said_size) {
    char head[HEAD_LIMIT + 1], *end = NULL;
    size_t have = 0;
    while (!end) {
        ssize_t got = have < HEAD_LIMIT ? recv(fd, head + have, HEAD_LIMIT - have, 0) : 0;
        if (got <= 0) return -1;
        have += (size_t)got;
        head[have] = 0;
        end = strstr(head, "\r\n\r\n");
    }
    end += 4;
    *answer = parse(head, end);
    snprintf(said, said_size, "%.200s", end);
    if (answer->length < 0) answer->length = 0;
    long left = answer->length - (long)(head + have - end);
    while (left > 0) {
        static char nowhere[16];
        ssize_t got = recv(fd, nowhere, left < DISCARD ? (size_t)left : DISCARD, MSG_TRUNC);
        if (got <= 0) return -1;
        left -= got;
    }
    return left ? -1 : 0;
}

static int send_all(int fd, const char *data, size_t size, int flags) {
    while (size) {
        ssize_t sent = send(fd, data, size, flags | MSG_NOSIGNAL);
        if (sent <= 0) return -1;
        data += sent;
        size -= (size_t)sent;
    }
    return 0;
}

/* A request with the body (file, then tail) when there is a tail. */
static int transmit(int fd, char *head, size_t size, const char *tail) {
    if (!tail) return send_all(fd, head, size, 0);
    if (body_size <= SMALL) {
        char whole[HEAD_LIMIT + SMALL + 2 * TAIL];
        memcpy(whole, head, size);
        memcpy(whole + size, small_body, (size_t)body_size);
        memcpy(whole + size + body_size, tail, strlen(tail));
        return send_all(fd, whole, size + (size_t)body_size + strlen(tail), 0);
    }
    if (send_all(fd, head, size, MSG_MORE)) return -1;
    for (off_t at = 0; at < body_size;)
        if (sendfile(fd, body_file, &at, (size_t)(body_size - at)) <= 0) return -1;
    return send_all(fd, tail, strlen(tail), 0);
}

static int ask(int *fd, int expected, Answer *answer, const char *tail, const char *format, ...) {
    char head[HEAD_LIMIT], said[256] = "";
    va_list values;
    va_start(values, format);
    int size = vsnprintf(head, sizeof head, format, values);
    va_end(values);
    int sent = transmit(*fd, head, (size_t)size, tail), heard = receive(*fd, answer, said, sizeof said);
    if (sent || heard || answer->status != expected) {
        fault("%.*s: status %d%s %s", (int)strcspn(head, "\r"), head, answer->status,
              sent || heard ? " (connection broken)" : "", said);
        close(*fd);
        *fd = dial();
        return -1;
    }
    if (!answer->keep) {
        close(*fd);
        *fd = dial();
    }
    return 0;
}

static const char *joint(const char *location) { return strchr(location, '?') ? "&" : "?"; }

static int upload(int *fd, const Entry *entry, long *moved) {
    Answer to;
    char tail[TAIL * 2];
    if (ask(fd, 202, &to, NULL, "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%sContent-Length: 0\r\n\r\n", paths[0], port,
            extra))
        return -1;
    if (!strcmp(mode, "patch")) {
        snprintf(tail, sizeof tail, "%x\r\n%s\r\n0\r\n\r\n", TAIL, entry->tail);
        if (ask(fd, 202, &to, tail,
                "PATCH %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%sContent-Type: application/octet-stream\r\n"
                "Transfer-Encoding: chunked\r\n\r\n", to.location, port, extra))
            return -1;
        if (ask(fd, 201, &to, NULL, "PUT %s%sdigest=%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%sContent-Length: 0\r\n\r\n",
                to.location, joint(to.location), entry->digest, port, extra))
            return -1;
    } else if (ask(fd, 201, &to, entry->tail,
                   "PUT %s%sdigest=%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%sContent-Type: application/octet-stream\r\n"
                   "Content-Length: %ld\r\n\r\n",
                   to.location, joint(to.location), entry->digest, port, extra, body_size + TAIL))
        return -1;
    *moved = body_size + TAIL;
    return 0;
}

static int download(int *fd, long ticket, long *moved) {
    Answer answer;
    if (ask(fd, 200, &answer, NULL, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s\r\n", paths[ticket % path_count], port,
            extra))
        return -1;
    *moved = answer.length;
    if (!answer.length) fault("%s: no Content-Length", paths[ticket % path_count]);
    return answer.length ? 0 : -1;
}

static void *transfers(void *argument) {
    Samples *samples = argument;
    int fd = dial();
    for (;;) {
        long ticket = atomic_fetch_add(&tickets, 1), moved = 0;
        if (ticket >= most || (entries && ticket >= entry_count) || atomic_load(&errors) > 20) break;
        if (ticket >= least && now() >= deadline) break;
        double began = now();
        if (entries ? upload(&fd, &entries[ticket], &moved) : download(&fd, ticket, &moved)) continue;
        note(samples, began);
        atomic_fetch_add(&done, 1);
        atomic_fetch_add(&bytes, moved);
    }
    close(fd);
    return NULL;
}

typedef struct { int fd; long path, left; size_t have; double began; char head[HEAD_LIMIT + 1]; } Connection;
static char *requests[PATHS];

static void next_request(Connection *connection) {
    connection->path = (connection->path + 1) % path_count;
    connection->have = 0;
    connection->left = -1;
    connection->began = now();
    char *text = requests[connection->path];
    if (send_all(connection->fd, text, strlen(text), 0)) die("send");
}

/* Returns 1 when the answer is complete, 0 when more must come, -1 when the connection is of no more use. */
static int advance(Connection *connection, int headless) {
    char scratch[SMALL];
    if (connection->left < 0) {
        char *into = connection->head + connection->have;
        ssize_t got = recv(connection->fd, into, HEAD_LIMIT - connection->have, MSG_DONTWAIT);
        if (got <= 0) return got < 0 && errno == EAGAIN ? 0 : -1;
        connection->have += (size_t)got;
        connection->head[connection->have] = 0;
        char *end = strstr(connection->head, "\r\n\r\n");
        if (!end) return connection->have < HEAD_LIMIT ? 0 : -1;
        end += 4;
        Answer answer = parse(connection->head, end);
        if (answer.status != 200 || answer.length < 0 || !answer.keep) {
            fault("%s: status %d length %ld %.200s", paths[connection->path], answer.status, answer.length, end);
            return -1;
        }
        connection->left = headless ? 0 : answer.length - (long)(connection->head + connection->have - end);
        atomic_fetch_add(&bytes, headless ? 0 : answer.length);
    }
    while (connection->left > 0) {
        ssize_t got = recv(connection->fd, scratch, sizeof scratch, MSG_DONTWAIT);
        if (got <= 0) return got < 0 && errno == EAGAIN ? 0 : -1;
        connection->left -= got;
    }
    return 1;
}

static void keep_asking(Samples *samples) {
    int headless = !strcmp(mode, "head"), poll = epoll_create1(0);
    struct epoll_event ready[128];
    Connection *all = calloc((size_t)connections, sizeof *all);
    for (int i = 0; i < path_count; i++)
        if (asprintf(&requests[i], "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s\r\n", headless ? "HEAD" : "GET", paths[i],
                     port, extra) < 0)
            die("memory");
    for (int i = 0; i < connections; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
        all[i].fd = dial();
        all[i].path = i;
        epoll_ctl(poll, EPOLL_CTL_ADD, all[i].fd, &event);
    }
    for (int i = 0; i < connections; i++) next_request(&all[i]);
    while ((now() < deadline || done < least) && done < most) {
        int count = epoll_wait(poll, ready, 128, 1000);
        if (count < 0 && errno != EINTR) die("epoll");
        for (int i = 0; i < count; i++) {
            Connection *connection = ready[i].data.ptr;
            int state = advance(connection, headless);
            if (!state) continue;
            if (state < 0) {
                struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
                fault("connection broken");
                if (errors > 20) return;
                close(connection->fd);
                connection->fd = dial();
                epoll_ctl(poll, EPOLL_CTL_ADD, connection->fd, &event);
            } else {
                note(samples, connection->began);
                done++;
            }
            next_request(connection);
        }
    }
}

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void prepare_uploads(void) {
    struct stat facts;
    size_t room = 0;
    FILE *list = fopen(list_name, "r");
    body_file = open(file_name, O_RDONLY);
    if (!list || body_file < 0 || fstat(body_file, &facts)) die("list or body");
    body_size = facts.st_size;
    if (body_size <= SMALL && pread(body_file, small_body, sizeof small_body, 0) != body_size) die("body");
    for (;; entry_count++) {
        if ((size_t)entry_count == room) entries = realloc(entries, (room = room * 2 + 64) * sizeof *entries);
        if (!entries) die("memory");
        if (fscanf(list, "%32s %159s", entries[entry_count].tail, entries[entry_count].digest) != 2) break;
    }
    fclose(list);
}

int main(int argc, char **argv) {
    int option;
    while ((option = getopt(argc, argv, "m:p:c:d:n:x:e:f:l:")) != -1) {
        if (option == 'm') mode = optarg;
        else if (option == 'p') port = atoi(optarg);
        else if (option == 'c') connections = atoi(optarg);
        else if (option == 'd') seconds = atof(optarg);
        else if (option == 'n') least = atol(optarg);
        else if (option == 'x') most = atol(optarg);
        else if (option == 'e') extra = optarg;
        else if (option == 'f') file_name = optarg;
        else if (option == 'l') list_name = optarg;
        else return 2;
    }
    for (; optind < argc && path_count < PATHS; optind++) paths[path_count++] = argv[optind];
    if (!path_count || connections < 1 || connections > MAX_CONNECTIONS) die("usage");
    address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    if (!strcmp(mode, "put") || !strcmp(mode, "patch")) prepare_uploads();

    struct rusage used;
    Samples samples[MAX_CONNECTIONS] = {{0}}, all = {0};
    double began = now();
    deadline = began + seconds;
    if (!strcmp(mode, "get") || !strcmp(mode, "head")) {
        keep_asking(&samples[0]);
    } else {
        pthread_t threads[MAX_CONNECTIONS];
        for (int i = 0; i < connections; i++)
            if (pthread_create(&threads[i], NULL, transfers, &samples[i])) die("thread");
        for (int i = 0; i < connections; i++) pthread_join(threads[i], NULL);
    }
    double took = now() - began;
    getrusage(RUSAGE_SELF, &used);
    for (int i = 0; i < connections; i++) {
        all.at = realloc(all.at, (all.count + samples[i].count + 1) * sizeof *all.at);
        if (samples[i].count) memcpy(all.at + all.count, samples[i].at, samples[i].count * sizeof *all.at);
        all.count += samples[i].count;
    }
    qsort(all.at, all.count, sizeof *all.at, ascending);
    size_t n = all.count;
    printf("{\"requests\": %ld, \"bytes\": %ld, \"seconds\": %.6f, \"errors\": %ld, \"p50_us\": %u, \"p99_us\": %u, "
           "\"max_us\": %u, \"cpu_seconds\": %.6f, \"first_error\": \"%s\"}\n",
           (long)done, (long)bytes, took, (long)errors, n ? all.at[n / 2] : 0, n ? all.at[(n * 99) / 100] : 0,
           n ? all.at[n - 1] : 0,
           (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
               (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
           first_error);
    return 0;
}
