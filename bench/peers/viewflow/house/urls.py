"""Viewflow's own pages under /direct/, and where its people sign in."""

from django.urls import path
from viewflow.contrib.auth import AuthViewset
from viewflow.urls import Site
from viewflow.workflow.flow import FlowAppViewset

from house.flows import Direct

site = Site(title="Komek's peer", viewsets=[FlowAppViewset(Direct, icon="assignment")])
urlpatterns = [path("accounts/", AuthViewset(with_profile_view=False).urls), path("", site.urls)]
