package dev.roost.controller.api;

/** A request that is refused: a status, one stable word for programs and a sentence for people. */
final class ApiException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String word;
    private final String sentence;

    ApiException(int status, String word, String message) {
        super(message);
        this.sentence = message;
        this.status = status;
        this.word = word;
    }

    int status() {
        return status;
    }

    String word() {
        return word;
    }

    String sentence() {
        return sentence;
    }
}
