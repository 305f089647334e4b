
// torc: a connection that is on its way to a worker that is killed has been seen by nobody. It goes to another one; in
// Node it stays open, and nobody ever answers.
{
  const { ReflectApply, SafeSet, SafeWeakMap } = primordials;
  const { handoff } = RoundRobinHandle.prototype;
  const kUnderWay = Symbol('kUnderWay'); // by worker's id: the connection that it has not answered yet, or null
  const givers = new SafeWeakMap(); // by worker

  const takeBack = (giver, worker) => {
    const connection = giver[kUnderWay].get(worker.id);
    giver[kUnderWay].delete(worker.id);
    if (connection === null) return;
    if (giver.handle === null)
      connection.close();
    else
      giver.distribute(0, connection);
  };

  // 'close' comes when the worker has ended and all that it had said has been read. While a connection is under way the
  // library leaves out 'disconnect', and would keep the listening socket for a worker that is gone.
  const watch = (worker, giver) => {
    let all = givers.get(worker);
    if (all === undefined) {
      let told = false;
      all = new SafeSet();
      givers.set(worker, all);
      worker.process.once('disconnect', () => { told = true; });
      worker.process.once('close', () => process.nextTick(() => {
        if (!told) worker.process.emit('disconnect');
        for (const one of all) takeBack(one, worker);
      }));
    }
    all.add(giver);
  };

  RoundRobinHandle.prototype.handoff = function(worker) {
    this[kUnderWay] ??= new SafeMap();
    // A worker is given another one when it has answered.
    this[kUnderWay].set(worker.id, this.all.has(worker.id) ? peek(this.handles) : null);
    watch(worker, this);
    ReflectApply(handoff, this, [worker]);
  };
}
