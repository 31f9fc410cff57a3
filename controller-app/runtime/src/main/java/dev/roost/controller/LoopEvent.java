package dev.roost.controller;

/** What can wait in the queue of the loop: packets, which are dropped when there are too many, or a task, which never is. */
sealed interface LoopEvent permits PacketInBatch, LoopEvent.Task {

    /** Something that happened, or was asked for, to be carried out on the loop's thread. */
    record Task(Runnable body) implements LoopEvent {}
}
