// The system calls of the loader: numbers and typed arrays in, a number (or -errno) out.
//
// A wrong argument throws a TypeError or RangeError that names it, before any system call. A kernel's
// refusal never throws. No property is read, no getter and no callback runs.
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <napi.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <unordered_set>

namespace {

constexpr double kMaxInt = 2147483647.0;
constexpr double kMaxU32 = 4294967295.0;
constexpr double kMaxSafe = 9007199254740991.0;
// Node 20 makes no ArrayBuffer longer than this out of foreign memory.
constexpr double kMaxMapping = 4294967296.0;
// Room for every union bpf_attr so far (about 150 bytes); the kernel wants what it does not know to be zero.
constexpr size_t kMaxAttr = 256;
constexpr time_t kNetlinkSeconds = 5;

struct Mapping;
using Mappings = std::unordered_map<void*, Mapping*>;

struct Mapping {
  void* address;
  size_t length;
  bool mapped;
  // Shared, because a buffer may be collected after its environment's other data.
  std::shared_ptr<Mappings> table;
};

struct Waiter;

// What one environment (the main thread, or one worker) owns.
struct Instance {
  std::shared_ptr<Mappings> mappings = std::make_shared<Mappings>();
  std::unordered_set<Waiter*> waiters;
};

struct Bytes {
  uint8_t* data;
  size_t length;
};

double IntegerArgument(const Napi::CallbackInfo& info, size_t index, const std::string& name, double min, double max) {
  if (!info[index].IsNumber()) throw Napi::TypeError::New(info.Env(), name + " must be a number");
  const double value = info[index].As<Napi::Number>().DoubleValue();
  const bool negativeZero = value == 0 && std::signbit(value);
  // Written so that NaN fails.
  if (!(value >= min && value <= max) || value != std::trunc(value) || negativeZero)
    throw Napi::RangeError::New(info.Env(), name + " must be an integer from " + std::to_string(int64_t(min)) +
                                                " to " + std::to_string(int64_t(max)));
  return value;
}

int FdArgument(const Napi::CallbackInfo& info, size_t index) {
  return static_cast<int>(IntegerArgument(info, index, "fd", 0, kMaxInt));
}

void RefuseDetached(Napi::Env env, napi_value buffer, const std::string& name) {
  bool detached = false;
  napi_is_detached_arraybuffer(env, buffer, &detached);
  if (detached) throw Napi::TypeError::New(env, name + " is detached");
}

Bytes BytesArgument(const Napi::CallbackInfo& info, size_t index, const std::string& name) {
  napi_typedarray_type type;
  size_t length = 0, offset = 0;
  void* data = nullptr;
  napi_value buffer = nullptr;
  if (!info[index].IsTypedArray() ||
      napi_get_typedarray_info(info.Env(), info[index], &type, &length, &data, &buffer, &offset) != napi_ok ||
      type != napi_uint8_array)
    throw Napi::TypeError::New(info.Env(), name + " must be a Uint8Array");
  RefuseDetached(info.Env(), buffer, name);
  return {static_cast<uint8_t*>(data), length};
}

void ExpectArguments(const Napi::CallbackInfo& info, size_t count) {
  if (info.Length() != count)
    throw Napi::TypeError::New(info.Env(), "expected " + std::to_string(count) + " arguments");
}

Napi::Value Answer(const Napi::CallbackInfo& info, int64_t result) {
  return Napi::Number::New(info.Env(), static_cast<double>(result));
}

// bpf(cmd, attr, ...(offset, buffer, needed)): the address of each buffer is written into a copy of attr
// at its offset; `needed` is how much of the buffer the kernel may read or write.
Napi::Value Bpf(const Napi::CallbackInfo& info) {
  if (info.Length() < 2 || (info.Length() - 2) % 3 != 0)
    throw Napi::TypeError::New(info.Env(), "expected cmd, attr and triples of offset, buffer, needed");
  const auto cmd = static_cast<int>(IntegerArgument(info, 0, "cmd", 0, kMaxInt));
  const Bytes attr = BytesArgument(info, 1, "attr");
  if (attr.length == 0 || attr.length > kMaxAttr)
    throw Napi::RangeError::New(info.Env(), "attr must have 1 to " + std::to_string(kMaxAttr) + " bytes");
  alignas(8) uint8_t local[kMaxAttr];
  std::memcpy(local, attr.data, attr.length);
  for (size_t i = 2; i < info.Length(); i += 3) {
    const std::string suffix = "[" + std::to_string((i - 2) / 3) + "]";
    const auto offset = static_cast<size_t>(IntegerArgument(info, i, "offset" + suffix, 0, kMaxAttr));
    const Bytes buffer = BytesArgument(info, i + 1, "buffer" + suffix);
    const double needed = IntegerArgument(info, i + 2, "needed" + suffix, 0, kMaxU32);
    if (offset + 8 > attr.length)
      throw Napi::RangeError::New(info.Env(), "offset" + suffix + " leaves no room for a pointer in attr");
    if (static_cast<double>(buffer.length) < needed)
      throw Napi::RangeError::New(info.Env(), "buffer" + suffix + " is shorter than needed" + suffix);
    const uint64_t pointer = reinterpret_cast<uintptr_t>(buffer.data);
    std::memcpy(local + offset, &pointer, sizeof pointer);
  }
  const long result = syscall(SYS_bpf, cmd, local, static_cast<unsigned>(attr.length));
  const int64_t answer = result < 0 ? -errno : result;
  // No address of this process leaves through attr.
  for (size_t i = 2; i < info.Length(); i += 3) {
    const auto offset = static_cast<size_t>(info[i].As<Napi::Number>().DoubleValue());
    std::memcpy(local + offset, attr.data + offset, 8);
  }
  std::memcpy(attr.data, local, attr.length);
  return Answer(info, answer);
}

// The last reference to a mapping is gone, or its environment ends: nobody can reach the memory any more.
void ReleaseMapping(napi_env, void*, void* hint) {
  auto* mapping = static_cast<Mapping*>(hint);
  if (mapping->mapped) {
    ::munmap(mapping->address, mapping->length);
    mapping->table->erase(mapping->address);
  }
  delete mapping;
}

Napi::Value Mmap(const Napi::CallbackInfo& info) {
  ExpectArguments(info, 4);
  const int fd = FdArgument(info, 0);
  const auto length = static_cast<size_t>(IntegerArgument(info, 1, "length", 1, kMaxMapping));
  const auto offset = static_cast<off_t>(IntegerArgument(info, 2, "offset", 0, kMaxSafe));
  if (!info[3].IsBoolean()) throw Napi::TypeError::New(info.Env(), "writable must be a boolean");
  const int protection = info[3].As<Napi::Boolean>().Value() ? PROT_READ | PROT_WRITE : PROT_READ;
  void* address = ::mmap(nullptr, length, protection, MAP_SHARED, fd, offset);
  if (address == MAP_FAILED) return Answer(info, -errno);
  auto table = info.Env().GetInstanceData<Instance>()->mappings;
  auto* mapping = new Mapping{address, length, true, table};
  (*table)[address] = mapping;
  napi_value buffer;
  if (napi_create_external_arraybuffer(info.Env(), address, length, ReleaseMapping, mapping, &buffer) != napi_ok) {
    table->erase(address);
    ::munmap(address, length);
    delete mapping;
    return Answer(info, -ENOTSUP);
  }
  return Napi::Value(info.Env(), buffer);
}

// Detaches first, so that no view can reach the memory once it is gone.
Napi::Value Munmap(const Napi::CallbackInfo& info) {
  ExpectArguments(info, 1);
  if (!info[0].IsArrayBuffer()) throw Napi::TypeError::New(info.Env(), "buffer must be an ArrayBuffer");
  RefuseDetached(info.Env(), info[0], "buffer");
  void* address = nullptr;
  size_t length = 0;
  napi_get_arraybuffer_info(info.Env(), info[0], &address, &length);
  Mappings& table = *info.Env().GetInstanceData<Instance>()->mappings;
  const auto found = table.find(address);
  if (found == table.end()) return Answer(info, -EINVAL);
  if (napi_detach_arraybuffer(info.Env(), info[0]) != napi_ok) return Answer(info, -EINVAL);
  // ReleaseMapping frees the record; it comes later, when the address may already belong to another mapping.
  Mapping* mapping = found->second;
  mapping->mapped = false;
  table.erase(found);
  return Answer(info, ::munmap(mapping->address, mapping->length) < 0 ? -errno : 0);
}

Napi::Value Close(const Napi::CallbackInfo& info) {
  ExpectArguments(info, 1);
  const int fd = FdArgument(info, 0);
  // Linux has freed the number even when it answers EINTR.
  return Answer(info, ::close(fd) < 0 && errno != EINTR ? -errno : 0);
}

// flock(fd, operation): 0 or -errno. LOCK_NB has to be in it, for a wait would stop the whole process.
Napi::Value Flock(const Napi::CallbackInfo& info) {
  ExpectArguments(info, 2);
  const int fd = FdArgument(info, 0);
  const auto operation = static_cast<int>(IntegerArgument(info, 1, "operation", 0, kMaxInt));
  if (!(operation & (LOCK_NB | LOCK_UN))) throw Napi::RangeError::New(info.Env(), "operation must hold LOCK_NB");
  return Answer(info, ::flock(fd, operation) < 0 ? -errno : 0);
}

// Is `reply` the last answer? A dump ends with DONE, a request with an error or an acknowledgement.
bool NetlinkEnds(const uint8_t* reply, size_t length, bool acknowledged) {
  for (size_t at = 0; at + sizeof(nlmsghdr) <= length;) {
    nlmsghdr header;
    std::memcpy(&header, reply + at, sizeof header);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > length - at) return true;
    if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR) return true;
    if (!(header.nlmsg_flags & NLM_F_MULTI) && !acknowledged) return true;
    at += NLMSG_ALIGN(header.nlmsg_len);
  }
  return false;
}

int64_t NetlinkExchange(int fd, Bytes request, Bytes reply) {
  const timeval limit = {kNetlinkSeconds, 0};
  sockaddr_nl kernel = {};
  kernel.nl_family = AF_NETLINK;
  // Connected to the kernel: no other process can answer.
  if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0 ||
      connect(fd, reinterpret_cast<sockaddr*>(&kernel), sizeof kernel) < 0 ||
      send(fd, request.data, request.length, 0) < 0)
    return -errno;
  nlmsghdr header;
  std::memcpy(&header, request.data, sizeof header);
  for (size_t used = 0;;) {
    ssize_t length;
    do length = recv(fd, reply.data + used, reply.length - used, MSG_TRUNC);
    while (length < 0 && errno == EINTR);
    if (length < 0) return -errno;
    if (static_cast<size_t>(length) > reply.length - used) return -ENOBUFS;
    const bool ends = NetlinkEnds(reply.data + used, length, (header.nlmsg_flags & NLM_F_ACK) != 0);
    used += length;
    if (ends) return static_cast<int64_t>(used);
  }
}

// netlink(request, reply): one NETLINK_ROUTE exchange; bytes received, -ENOBUFS when `reply` is too short.
Napi::Value Netlink(const Napi::CallbackInfo& info) {
  ExpectArguments(info, 2);
  const Bytes request = BytesArgument(info, 0, "request");
  const Bytes reply = BytesArgument(info, 1, "reply");
  if (request.length < sizeof(nlmsghdr)) throw Napi::RangeError::New(info.Env(), "request has no netlink header");
  if (reply.length < sizeof(nlmsghdr)) throw Napi::RangeError::New(info.Env(), "reply has no room for a netlink header");
  const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) return Answer(info, -errno);
  const int64_t result = NetlinkExchange(fd, request, reply);
  ::close(fd);
  return Answer(info, result);
}

Napi::Value SetMemlock(const Napi::CallbackInfo& info) {
  ExpectArguments(info, 1);
  const auto bytes = static_cast<rlim_t>(IntegerArgument(info, 0, "bytes", 0, kMaxSafe));
  rlimit limit;
  if (getrlimit(RLIMIT_MEMLOCK, &limit) < 0) return Answer(info, -errno);
  limit = {bytes, std::max(bytes, limit.rlim_max)};
  return Answer(info, setrlimit(RLIMIT_MEMLOCK, &limit) < 0 ? -errno : 0);
}

// The user, the group and no other one, for all threads; these capabilities, and none that could be had again, for this one.
Napi::Value BecomeUser(const Napi::CallbackInfo& info) {
  ExpectArguments(info, 4);
  const auto uid = static_cast<uid_t>(IntegerArgument(info, 0, "uid", 1, UINT32_MAX - 1));
  const auto gid = static_cast<gid_t>(IntegerArgument(info, 1, "gid", 1, UINT32_MAX - 1));
  const auto low = static_cast<uint32_t>(IntegerArgument(info, 2, "low", 0, UINT32_MAX));
  const auto high = static_cast<uint32_t>(IntegerArgument(info, 3, "high", 0, UINT32_MAX));
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct data[2] = {{low, low, 0}, {high, high, 0}};
  const bool done = prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 && setgroups(1, &gid) == 0 && setgid(gid) == 0 &&
                    setuid(uid) == 0 && syscall(SYS_capset, &header, data) == 0 &&
                    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                    // Its own /proc/self is root's otherwise.
                    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
  return Answer(info, done ? 0 : -errno);
}

Napi::Value PageSize(const Napi::CallbackInfo& info) {
  ExpectArguments(info, 0);
  return Answer(info, sysconf(_SC_PAGESIZE));
}

// One wait: a thread of its own, because the pool of libuv has four and Node waits for that pool when it ends.
// It polls a duplicate, so that the number may be closed and given away meanwhile.
struct Waiter {
  Instance* instance;
  int fd;  // the caller's, to find it by
  int duplicate;
  int cancel;
  int result = 0;
  bool ended = false;
  napi_deferred deferred;
  napi_threadsafe_function finished;
  std::thread thread;

  void Run() {
    pollfd fds[2] = {{duplicate, POLLIN, 0}, {cancel, POLLIN, 0}};
    int count;
    do count = poll(fds, 2, -1);
    while (count < 0 && errno == EINTR);
    if (count < 0) result = -errno;
    else if (fds[1].revents) result = 0;
    else result = fds[0].revents & POLLNVAL ? -EBADF : 1;
    napi_call_threadsafe_function(finished, nullptr, napi_tsfn_blocking);
    napi_release_threadsafe_function(finished, napi_tsfn_release);
  }

  void Cancel() {
    const uint64_t one = 1;
    if (write(cancel, &one, sizeof one) < 0) std::abort();  // cannot fail: the counter is not near its end
  }

  // After this the thread is gone and no descriptor of the wait is left.
  void End() {
    if (thread.joinable()) thread.join();
    ::close(duplicate);
    ::close(cancel);
    ended = true;
    instance->waiters.erase(this);
  }
};

// Runs before the hook of `finished`, which was registered earlier, so the thread never meets a dead function.
void WaitEnvironmentEnds(void* data) {
  auto* waiter = static_cast<Waiter*>(data);
  waiter->Cancel();
  waiter->End();
}

void WaitResolve(napi_env env, napi_value, void* context, void*) {
  auto* waiter = static_cast<Waiter*>(context);
  if (env == nullptr || waiter->ended) return;
  napi_remove_env_cleanup_hook(env, WaitEnvironmentEnds, waiter);
  waiter->End();
  napi_value result;
  napi_create_int32(env, waiter->result, &result);
  napi_resolve_deferred(env, waiter->deferred, result);
}

void WaitFree(napi_env, void* data, void*) { delete static_cast<Waiter*>(data); }

// The machine gives no thread: the promise says so from the next turn of the loop.
void WaitWithoutThread(Waiter* waiter, int error) {
  waiter->result = -error;
  napi_call_threadsafe_function(waiter->finished, nullptr, napi_tsfn_blocking);
  napi_release_threadsafe_function(waiter->finished, napi_tsfn_release);
}

// waitReadable(fd): a promise of 1 (readable, or hung up), 0 (cancelled) or -errno.
Napi::Value WaitReadable(const Napi::CallbackInfo& info) {
  ExpectArguments(info, 1);
  const int fd = FdArgument(info, 0);
  const Napi::Env env = info.Env();
  napi_deferred deferred;
  napi_value created;
  if (napi_create_promise(env, &deferred, &created) != napi_ok) return env.Undefined();
  const Napi::Value promise(env, created);
  const int duplicate = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  const int cancel = duplicate < 0 ? -1 : eventfd(0, EFD_CLOEXEC);
  if (cancel < 0) {
    const int error = errno;
    if (duplicate >= 0) ::close(duplicate);
    napi_resolve_deferred(env, deferred, Napi::Number::New(env, -error));
    return promise;
  }
  auto* instance = env.GetInstanceData<Instance>();
  auto* waiter = new Waiter{};
  waiter->instance = instance;
  waiter->fd = fd;
  waiter->duplicate = duplicate;
  waiter->cancel = cancel;
  waiter->deferred = deferred;
  if (napi_create_threadsafe_function(env, nullptr, nullptr, Napi::String::New(env, "waitReadable"), 0, 1, waiter,
                                      WaitFree, waiter, WaitResolve, &waiter->finished) != napi_ok)
    Napi::Error::Fatal("waitReadable", "no thread-safe function");
  napi_add_env_cleanup_hook(env, WaitEnvironmentEnds, waiter);
  instance->waiters.insert(waiter);
  try {
    waiter->thread = std::thread(&Waiter::Run, waiter);
  } catch (const std::system_error& error) {
    WaitWithoutThread(waiter, error.code().value());
  }
  return promise;
}

// cancelWait(fd): ends every wait on that descriptor with 0; how many there were.
Napi::Value CancelWait(const Napi::CallbackInfo& info) {
  ExpectArguments(info, 1);
  const int fd = FdArgument(info, 0);
  int count = 0;
  for (Waiter* waiter : info.Env().GetInstanceData<Instance>()->waiters) {
    if (waiter->fd != fd) continue;
    waiter->Cancel();
    count++;
  }
  return Answer(info, count);
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new Instance());
  exports.Set("bpf", Napi::Function::New(env, Bpf));
  exports.Set("mmap", Napi::Function::New(env, Mmap));
  exports.Set("munmap", Napi::Function::New(env, Munmap));
  exports.Set("close", Napi::Function::New(env, Close));
  exports.Set("flock", Napi::Function::New(env, Flock));
  exports.Set("netlink", Napi::Function::New(env, Netlink));
  exports.Set("setMemlock", Napi::Function::New(env, SetMemlock));
  exports.Set("becomeUser", Napi::Function::New(env, BecomeUser));
  exports.Set("pageSize", Napi::Function::New(env, PageSize));
  exports.Set("waitReadable", Napi::Function::New(env, WaitReadable));
  exports.Set("cancelWait", Napi::Function::New(env, CancelWait));
  return exports;
}

}  // namespace

NODE_API_MODULE(scanward, Init)
