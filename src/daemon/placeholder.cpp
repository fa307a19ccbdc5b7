namespace stepd {}
