/**
 * The REST API, the metrics page and the dashboard, without an HTTP server: a host hands in method, path and body, and gets a
 * status and bytes back. Both hosts use the same router, so both speak the same API.
 */
@NullMarked
package dev.roost.controller.api;

import org.jspecify.annotations.NullMarked;
