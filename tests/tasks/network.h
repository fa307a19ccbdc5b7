// A real network in the ONNX format, written byte by byte: it averages each channel and weighs the averages.
// It is small enough to be understood, and needs no other program to be made.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stepd::test {

/// Answers one number per row of `weights`, of an RGB input of `side` x `side`, channels first.
std::string averaging_network(std::uint32_t side, const std::vector<std::vector<float>>& weights);

}  // namespace stepd::test
