#include "api/io_contexts.h"

#include "base/guarded.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

namespace stepd::api {

struct IoContexts::Context {
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{io.get_executor()};
  std::thread thread;
};

IoContexts::IoContexts(unsigned threads) {
  for (unsigned i = 0; i < std::max(1U, threads); ++i) contexts_.push_back(std::make_unique<Context>());
}

IoContexts::~IoContexts() = default;

boost::asio::io_context& IoContexts::next() { return contexts_[dealt_++ % contexts_.size()]->io; }

void IoContexts::start() {
  for (auto& context : contexts_) {
    context->thread = std::thread([&io = context->io] {
      // A handler that throws is gone with its connection. The others are served on.
      while (!run_guarded("the server", [&io] { io.run(); })) {
      }
    });
  }
}

void IoContexts::stop() {
  for (auto& context : contexts_) context->io.stop();
  for (auto& context : contexts_) {
    if (context->thread.joinable()) context->thread.join();
  }
}

}  // namespace stepd::api
