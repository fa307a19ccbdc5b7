// Tells people by mail, through the server that the configuration names, on a thread of its own for each subscriber:
// a slow server holds up nobody else. It is no mail server: what the server has taken is delivered.
#include "base/mutex.h"
#include "tasks/notify/post.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <thread>

namespace stepd::tasks {
namespace {

struct Upload {
  std::string text;
  std::size_t sent = 0;
};

std::size_t give(char* buffer, std::size_t size, std::size_t count, void* self) {
  auto& upload = *static_cast<Upload*>(self);
  const auto part = std::min(size * count, upload.text.size() - upload.sent);
  std::memcpy(buffer, upload.text.data() + upload.sent, part);
  upload.sent += part;
  return part;
}

int is_stopped(void* token, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<std::stop_token*>(token)->stop_requested() ? 1 : 0;
}

std::size_t ignore(char*, std::size_t size, std::size_t count, void*) { return size * count; }

long encryption_of(Mailbox::Encryption encryption) {
  switch (encryption) {
    case Mailbox::Encryption::Required:
      return CURLUSESSL_ALL;
    case Mailbox::Encryption::IfOffered:
      return CURLUSESSL_TRY;
    default:
      return CURLUSESSL_NONE;
  }
}

/// RFC 5321 §4.2.1: a server that answers 5yz will answer so again, but for the codes that speak of passwords and
/// encryption, which people mend.
bool is_refused(CURLcode code, long reply) {
  return code != CURLE_LOGIN_DENIED && (reply == 550 || reply == 551 || reply == 552 || reply == 553 || reply == 554);
}

class MailPost final : public Post {
 public:
  MailPost(const Topic& topic, const Subscriber& subscriber)
      : topic_(topic),
        subscriber_(subscriber),
        mailbox_(std::get<Mailbox>(subscriber.target)),
        thread_([this](std::stop_token stop) { run(stop); }) {}

  void send(const std::string&, const std::string& record, std::function<void(Verdict)> done) override {
    const MutexLock lock(mutex_);
    waiting_.push_back({record, std::move(done)});
    changed_.notify_one();
  }

 private:
  struct Task {
    std::string record;
    std::function<void(Verdict)> done;
  };

  void run(std::stop_token stop) {
    while (true) {
      Task task;
      {
        MutexLock lock(mutex_);
        if (!changed_.wait(lock, stop, [&]() STEPD_REQUIRES(mutex_) { return !waiting_.empty(); })) return;
        if (stop.stop_requested()) return;
        task = std::move(waiting_.front());
        waiting_.pop_front();
      }
      task.done(deliver(task.record, stop));
    }
  }

  Verdict deliver(const std::string& record, std::stop_token stop) const {
    Upload upload{mail_of(topic_, mailbox_, record)};
    std::string password;
    if (mailbox_.password.is_given()) {
      auto secret = mailbox_.password.read();
      if (!secret) return {Verdict::Kind::Again, secret.error().cause};
      password = *std::move(secret);
    }
    const std::unique_ptr<CURL, void (*)(CURL*)> easy(curl_easy_init(), curl_easy_cleanup);
    curl_slist* list = nullptr;
    for (const auto& to : mailbox_.to) list = curl_slist_append(list, ("<" + to + ">").c_str());
    const std::unique_ptr<curl_slist, void (*)(curl_slist*)> receivers(list, curl_slist_free_all);
    char why[CURL_ERROR_SIZE] = {};
    const auto set = [&](CURLoption option, auto value) { curl_easy_setopt(easy.get(), option, value); };
    set(CURLOPT_URL, mailbox_.server.c_str());
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_USE_SSL, encryption_of(mailbox_.encryption));
    if (!mailbox_.ca_file.empty()) set(CURLOPT_CAINFO, mailbox_.ca_file.c_str());
    if (!mailbox_.user.empty()) {
      set(CURLOPT_USERNAME, mailbox_.user.c_str());
      set(CURLOPT_PASSWORD, password.c_str());
    }
    const std::string from = "<" + mailbox_.from + ">";
    set(CURLOPT_MAIL_FROM, from.c_str());
    set(CURLOPT_MAIL_RCPT, receivers.get());
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READFUNCTION, give);
    set(CURLOPT_READDATA, &upload);
    set(CURLOPT_WRITEFUNCTION, ignore);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(subscriber_.persistence.timeout.count()));
    set(CURLOPT_ERRORBUFFER, why);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, is_stopped);
    set(CURLOPT_XFERINFODATA, &stop);
    const CURLcode code = curl_easy_perform(easy.get());
    if (code == CURLE_OK) return {};
    if (code == CURLE_ABORTED_BY_CALLBACK) return {Verdict::Kind::Stopped, ""};
    long reply = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &reply);
    return {is_refused(code, reply) ? Verdict::Kind::Refused : Verdict::Kind::Again,
            why[0] != '\0' ? why : curl_easy_strerror(code)};
  }

  const Topic& topic_;
  const Subscriber& subscriber_;
  const Mailbox& mailbox_;
  Mutex mutex_;
  StopConditionVariable changed_;
  std::deque<Task> waiting_ STEPD_GUARDED_BY(mutex_);
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace

std::unique_ptr<Post> make_mail_post(const Topic& topic, const Subscriber& subscriber) {
  return std::make_unique<MailPost>(topic, subscriber);
}

}  // namespace stepd::tasks
