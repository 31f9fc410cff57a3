package net.floodlightcontroller.restserver;

import org.restlet.Context;
import org.restlet.Restlet;

/** A part of the REST interface. */
public interface RestletRoutable {

    Restlet getRestlet(Context context);

    String basePath();
}
