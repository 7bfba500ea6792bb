import mqemitter from 'mqemitter'

/**
 * The emitter that carries messages to subscribers, in two points unlike Aedes' own. It knows no limit of messages under way: at
 * Aedes' 100 the rest queue, faster than they drain with some hundred busy devices, until the process dies of its recursion. And
 * a publish is over when it has been handed out, not when the slowest subscriber has it: one frozen dashboard would otherwise
 * hold up every device. What a subscriber leaves unread is bounded for each of them (`maxSubscriberBacklogBytes`).
 */
export const createEmitter = (): mqemitter.MQEmitter => {
  const emitter = mqemitter({ concurrency: 0, matchEmptyLevels: true })
  const emit = emitter.emit.bind(emitter)
  emitter.emit = (message, done) => {
    emit(message)
    done?.()
  }
  return emitter
}
